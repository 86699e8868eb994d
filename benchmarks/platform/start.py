"""How long `switchyard start` takes on an installation that has run before."""

import time

from figures import Figures
from installation import REPOSITORY, Failure, wait_for_body

GOAL_SECONDS = 10
ANSWER = "Hello from Python\n"
LIMIT_SECONDS = 60


def measure(installation, rounds):
    figures = Figures(f"Warm start, {rounds} of each kind")
    deployment = installation.up(REPOSITORY / "examples/python", "bench-start")
    host = installation.host(deployment)
    wait_for_body(installation.http_port, host, ANSWER)
    warm, cold, answering, silent = [], [], [], 0
    for _ in range(rounds):
        installation.switchyard("stop", "--control-plane-only")
        began = time.monotonic()
        installation.start()
        warm.append(time.monotonic() - began)
    for _ in range(rounds):
        installation.switchyard("stop")
        began = time.monotonic()
        installation.start()
        cold.append(time.monotonic() - began)
        try:
            answering.append(wait_for_body(installation.http_port, host, ANSWER, limit=LIMIT_SECONDS) - began)
        except Failure:
            silent += 1
    figures.add_times("after `stop --control-plane-only`, until the API answers", warm, GOAL_SECONDS)
    figures.add_times("after `switchyard stop`, until the API answers", cold, GOAL_SECONDS)
    if answering:
        figures.add_times("    until the application answers again", answering)
    figures.add(f"applications that did not come back within {LIMIT_SECONDS} s", silent, "", 0)
    figures.details = {"afterControlPlaneStopSeconds": warm, "afterStopSeconds": cold, "applicationSeconds": answering}
    return figures
