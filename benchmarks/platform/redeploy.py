"""How long a change of code takes until it is live: by `yard up`, and beside it, in turn, by hand with Buildah and Podman."""

import json
import shutil
import statistics
import subprocess
import time

from by_hand import ByHand
from figures import Figures
from installation import REPOSITORY, Failure, Poller

GOAL_SECONDS = 3
GOAL_RATIO = 1.5

# The examples, with their answer as the thing that changes, and the Dockerfile that a careful person would write for each.
SOURCES = {
    "python": {
        "example": "python-flask", "file": "app.py", "answer": "Hello from Flask",
        "dockerfile": """
            COPY requirements.txt .
            RUN python3 -m venv --without-pip .venv && python3 -m pip --python .venv/bin/python install -r requirements.txt
            ENV PATH=/app/.venv/bin:/usr/local/bin:/usr/bin:/bin PYTHONUNBUFFERED=1
        """,
    },
    "node": {"example": "node", "file": "server.js", "answer": "Hello from Node", "dockerfile": "ENV NODE_ENV=production"},
}


class Source:
    """A copy of an example whose answer names its version."""

    def __init__(self, folder, language):
        self.facts = SOURCES[language]
        self.folder = folder / f"{language}-source"
        self.example = REPOSITORY / "examples" / self.facts["example"]
        shutil.copytree(self.example, self.folder)

    def write(self, version):
        """Changes the code, and returns what it now answers."""
        answer = f"{self.facts['answer']}, version {version}"
        name = self.facts["file"]
        (self.folder / name).write_text((self.example / name).read_text().replace(self.facts["answer"], answer))
        return answer + "\n"


def by_yard(installation, service, source, host, version):
    """One redeploy: seconds until the new version answered through the edge, until `yard` ended, and the deployment."""
    expected = source.write(version)
    with Poller(installation.http_port, host, expected) as poller:
        began = time.monotonic()
        process = subprocess.run(
            [installation.programs / "yard", "up", source.folder, "--project", service, "--service", service, "--json"],
            env=installation.environment, capture_output=True, text=True, timeout=300)
        ended = time.monotonic()
        if process.returncode != 0:
            raise Failure(f"yard up ended with {process.returncode}: {process.stderr[-2000:]}")
        answered = poller.wait()
    return answered - began, ended - began, json.loads(process.stdout)


def measure_language(installation, language, rounds, figures):
    source = Source(installation.folder, language)
    service = f"bench-{language}"
    source.write("first")
    deployment = installation.up(source.folder, service)
    host = installation.host(deployment)
    answered, ended, manual, phases, manual_phases = [], [], [], [], []
    with ByHand(installation, deployment, language, source.facts["dockerfile"], source.folder) as by_hand:
        by_hand.deploy(source.write("first by hand"))
        for number in range(rounds):
            # Each begins when the other has done all its work, also what it does after the new version is live.
            installation.wait_until_drained(deployment)
            until_answer, until_end, deployment = by_yard(installation, service, source, host, f"{number} by yard")
            answered.append(until_answer)
            ended.append(until_end)
            phases.append({phase["name"]: phase["milliseconds"] / 1000 for phase in deployment["phases"]})
            installation.wait_until_drained(deployment)
            steps = by_hand.deploy(source.write(f"{number} by hand"))
            manual.append(sum(steps.values()))
            manual_phases.append(steps)
    figures.add_times(f"{language}: `yard up` until the new version answers", answered, GOAL_SECONDS)
    figures.add_times(f"{language}: `yard up` until it ends", ended, GOAL_SECONDS)
    add_phases(figures, phases, ended)
    figures.add_times(f"{language}: by hand until the new version answers", manual)
    add_phases(figures, manual_phases)
    ratio, ratio_to_end = (statistics.median(times) / statistics.median(manual) for times in [answered, ended])
    figures.add(f"{language}: ratio of the medians", ratio, "", GOAL_RATIO, f"until `yard` ends {ratio_to_end:.2f}")
    figures.details[language] = {
        "answeredSeconds": answered, "endedSeconds": ended, "phaseSeconds": phases, "byHandSeconds": manual, "byHandPhaseSeconds": manual_phases}


def add_phases(figures, rounds, ended=None):
    for name in rounds[0]:
        figures.add(f"    {name}", statistics.median(phases.get(name, 0) for phases in rounds), "s")
    if ended:
        # The upload, the steps between the phases, and the news of the end.
        rest = [end - sum(phases.values()) for end, phases in zip(ended, rounds)]
        figures.add("    all else until `yard` ends", statistics.median(rest), "s")


def measure(installation, rounds):
    figures = Figures(f"Redeploy after a change of code, {rounds} rounds, by `yard up` and by hand in turn")
    for language in SOURCES:
        measure_language(installation, language, rounds, figures)
    return figures
