"""Requests and WebSockets without a pause while a service is redeployed, rolled back and scaled: none may fail."""

import collections
import http.client
import json
import re
import shutil
import signal
import subprocess
import threading
import time

from figures import Figures, listed
from installation import REPOSITORY, Failure, get
from talkers import Talkers

SERVICE = "bench-load"
APPLICATION = REPOSITORY / "benchmarks/platform/application"
CONNECTIONS = 8
WEBSOCKETS = 20
DRAINING_SECONDS = 5
# Between the switch and the moment at which the visitor noticed it.
TOLERANCE_SECONDS = 0.5
SCALED = 3


class Wrk:
    """A steady load until the `with` is left."""

    def __init__(self, port, host):
        self.arguments = [
            "wrk", "-t1", f"-c{CONNECTIONS}", "-d3600s", "--timeout", "10s", "--latency", "-H", f"Host: {host}", f"http://127.0.0.1:{port}/"]
        self.requests, self.failures, self.latency = 0, {}, {}

    def __enter__(self):
        self.process = subprocess.Popen(self.arguments, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)  # it tells what it has counted
        text = self.process.communicate(timeout=30)[0]
        self.requests = int(re.search(r"(\d+) requests in", text)[1])
        self.failures = {kind: int(number) for kind, number in re.findall(r"(connect|read|write|timeout) (\d+)", text)}
        refused = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
        self.failures["status"] = int(refused[1]) if refused else 0
        self.latency = dict(re.findall(r"^\s+(50|99)%\s+(\S+)", text, re.MULTILINE))


class Visitor:
    """Asks a hundred times a second, each time over a new connection, and keeps what failed and when each version was first seen."""

    def __init__(self, port, host):
        self.port, self.host = port, host
        self.requests = 0
        self.failures = []
        self.first_seen = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._visit)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()

    def _visit(self):
        while not self._over.wait(0.01):
            self.requests += 1
            try:
                status, body = get(self.port, self.host, timeout=10)
            except (OSError, http.client.HTTPException) as error:
                status, body = 0, repr(error)
            if status == 200:
                self.first_seen.setdefault(deployment_of(body.split()[0]), time.monotonic())
            else:
                self.failures.append({"time": time.monotonic(), "status": status, "body": body[:200]})


def deployment_of(replica):
    return replica.rsplit("-", 1)[0]


class Service:
    """The service under load, and what was done with it."""

    def __init__(self, installation):
        self.installation = installation
        self.folder = installation.folder / "load-source"
        shutil.copytree(APPLICATION, self.folder)
        self.deployment = self.up("first")
        self.yard("settings", "set", "--draining-seconds", DRAINING_SECONDS)
        self.deployment = self.up("second")
        self.history = [self.deployment["id"]]
        self.scaled_down_at = None
        installation.wait_until_drained(self.deployment)

    def up(self, version):
        text = (APPLICATION / "main.py").read_text().replace('"unset"', f'"{version}"')
        (self.folder / "main.py").write_text(text)
        return self.installation.up(self.folder, SERVICE)

    def yard(self, *arguments):
        return self.installation.yard(*arguments, "--project", SERVICE, "--service", SERVICE)

    def redeploy(self, number):
        self.history.append(self.up(f"number {number}")["id"])

    def roll_back(self):
        self.history.append(json.loads(self.yard("rollback", "--json"))["id"])

    def scale(self, count):
        if count < SCALED:
            self.scaled_down_at = time.monotonic()
        self.yard("scale", count)
        deadline = time.monotonic() + 60
        while self._healthy() != list(range(count)):
            if time.monotonic() > deadline:
                raise Failure(f"there are not {count} replicas after 60 s")
            time.sleep(0.1)

    def _healthy(self):
        active = self.installation.api("GET", f"/deployments/{self.history[-1]}")
        return sorted(replica["index"] for replica in active["replicas"] if replica["state"] == "HEALTHY")

    def requests(self):
        """How many requests the edge has counted for this service."""
        host = re.escape(self.installation.host(self.deployment))
        text = self.installation.api("GET", "/metrics")
        return sum(int(number) for number in re.findall(rf'switchyard_edge_requests_total{{host="{host}",.*}} (\d+)', text))

    def drains_began(self, first_seen):
        """When each replica that was replaced stopped getting new requests: when the next version was first seen."""
        began = {old: first_seen[new] for old, new in zip(self.history, self.history[1:]) if new in first_seen}

        def of(replica):
            times = [began.get(deployment_of(replica))]
            if deployment_of(replica) == self.history[-1] and not replica.endswith("-0"):
                times.append(self.scaled_down_at)
            return min((time for time in times if time is not None), default=None)
        return of


def measure(installation, requests, redeploys):
    service = Service(installation)
    host, port = installation.host(service.deployment), installation.http_port
    before = service.requests()
    began = time.monotonic()
    with Talkers(port, host, WEBSOCKETS) as talkers, Visitor(port, host) as visitor, Wrk(port, host) as wrk:
        for number in range(redeploys):
            service.redeploy(number)
        service.roll_back()
        service.scale(SCALED)
        time.sleep(2)  # all of them get WebSockets and requests
        service.scale(1)
        time.sleep(DRAINING_SECONDS + 3)
        while service.requests() - before < requests:
            time.sleep(1)
    seconds = time.monotonic() - began
    figures = Figures(f"Load during {redeploys} redeploys, a rollback, and scaling to {SCALED} and back to 1")
    add_requests(figures, wrk, visitor, seconds)
    add_websockets(figures, talkers, service.drains_began(visitor.first_seen))
    figures.details = {
        "wrkFailures": wrk.failures, "visitorFailures": [{**failure, "time": failure["time"] - began} for failure in visitor.failures],
        "websocketEnds": [{**end, "time": end["time"] - began} for end in talkers.ends],
        "versionsSeen": {version: moment - began for version, moment in visitor.first_seen.items()},
    }
    return figures


def add_requests(figures, wrk, visitor, seconds):
    figures.add("requests", wrk.requests + visitor.requests, note=f"{wrk.requests / seconds:.0f} a second, {CONNECTIONS} connections")
    figures.add("failed of the load's", sum(wrk.failures.values()), "", 0, listed(wrk.failures))
    kinds = collections.Counter(failure["status"] or failure["body"] for failure in visitor.failures)
    figures.add("failed of those over new connections", len(visitor.failures), "", 0, listed(kinds))
    figures.add("    half answered within", wrk.latency.get("50", "?"), note="5 ms of it is the application's")
    figures.add("    99 of 100 answered within", wrk.latency.get("99", "?"))


def add_websockets(figures, talkers, drain_began):
    early, lengths = [], []
    for end in talkers.ends:
        began = drain_began(end["replica"])
        lengths += [end["time"] - began] if began else []
        if began is None or end["time"] - began < DRAINING_SECONDS - TOLERANCE_SECONDS:
            early.append(end)
    kinds = collections.Counter(end["how"] for end in talkers.ends)
    figures.add("WebSockets that ended", len(talkers.ends), note=f"{talkers.exchanges:,} exchanges")
    for kind, number in kinds.most_common():
        figures.add(f"    {kind}", number)
    figures.add("cut in the middle of an exchange", sum(end["awaited"] for end in talkers.ends), "", 0)
    figures.add("cut without a proper close", sum(number for kind, number in kinds.items() if kind.startswith("cut")), "", 0)
    figures.add(f"ended before the drain time of {DRAINING_SECONDS} s was over", len(early), "", 0)
    if lengths:
        figures.add("    from the switch to the end, at least", min(lengths), "s", note=f"at most {max(lengths):.1f} s")
    figures.add("refused", len(talkers.refusals), "", 0, talkers.refusals[0][1][:60] if talkers.refusals else "")
