"""Many deployments at once: whether all go live, and how fast the API answers meanwhile."""

import collections
import io
import tarfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from figures import Figures, listed, percentile
from installation import REPOSITORY, Failure

GOAL_MILLISECONDS = 200
QUESTIONS_EACH_SECOND = 10
LIMIT_SECONDS = 900
SETTLED = {"SUCCESS", "FAILED", "CRASHED", "SKIPPED", "REMOVING", "REMOVED"}


def archive(name):
    """The smallest Python service, with an answer of its own."""
    code = (REPOSITORY / "examples/python/main.py").read_text().replace("Hello from Python", f"Hello from {name}").encode()
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as file:
        entry = tarfile.TarInfo("main.py")
        entry.size = len(code)
        file.addfile(entry, io.BytesIO(code))
    return buffer.getvalue()


class Questions:
    """Asks the API at a steady pace, whether or not the answers before have come; keeps how long each took."""

    def __init__(self, installation, paths):
        self.installation = installation
        self.paths = paths
        self.seconds = []
        self.failures = collections.Counter()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._thread.join()

    def _run(self):
        with ThreadPoolExecutor(max_workers=50) as pool:
            began = time.monotonic()
            number = 0
            while not self._ended.wait(max(0.0, began + number / QUESTIONS_EACH_SECOND - time.monotonic())):
                pool.submit(self._ask, self.paths[number % len(self.paths)], began + number / QUESTIONS_EACH_SECOND)
                number += 1

    def _ask(self, path, due):
        try:
            self.installation.api("GET", path)
        except (Failure, OSError) as error:
            self.failures[str(error)[:200]] += 1
        self.seconds.append(time.monotonic() - due)


def measure(installation, count):
    figures = Figures(f"{count} services deployed at once, with {QUESTIONS_EACH_SECOND} questions to the API each second")
    project = installation.api("POST", "/projects", {"name": "bench-many"})
    environment = project["environments"][0]["id"]
    services = [installation.api("POST", f"/projects/{project['id']}/services", {"name": f"service-{number}"}) for number in range(count)]
    uploads = {f"/environments/{environment}/services/{service['id']}/deployments": archive(service["name"]) for service in services}
    paths = ["/projects", f"/projects/{project['id']}", f"/environments/{environment}", *list(uploads)[:3]]
    began = time.monotonic()
    with Questions(installation, paths) as questions, ThreadPoolExecutor(max_workers=count) as pool:
        deployments = list(pool.map(lambda path: installation.api("POST", path, uploads[path], "application/x-tar"), uploads))
        uploaded = time.monotonic() - began
        settled = {}
        while len(settled) < count and time.monotonic() - began < LIMIT_SECONDS:
            time.sleep(0.5)
            for entry in installation.api("GET", f"/environments/{environment}")["services"]:
                latest = entry.get("latest") or {}
                if latest.get("status") in SETTLED:
                    settled.setdefault(latest["id"], (latest["status"], time.monotonic() - began))
    states = collections.Counter(status for status, _ in settled.values())
    succeeded = [seconds for status, seconds in settled.values() if status == "SUCCESS"]
    figures.add("deployments that did not end with SUCCESS", len(deployments) - len(succeeded), "", 0, listed(states))
    figures.add("until all were accepted", uploaded, "s")
    if succeeded:
        figures.add("until all were live", max(succeeded), "s", note=f"the first after {min(succeeded):.1f} s")
    milliseconds = [seconds * 1000 for seconds in questions.seconds]
    figures.add("answers of the API, 99 of 100 within", percentile(milliseconds, 0.99), "ms", GOAL_MILLISECONDS, f"{len(milliseconds)} questions")
    figures.add("    half of them within", percentile(milliseconds, 0.5), "ms", note=f"longest {max(milliseconds):.0f} ms")
    figures.add("questions that failed", sum(questions.failures.values()), "", 0)
    figures.details = {"settled": settled, "answerMilliseconds": milliseconds, "failures": dict(questions.failures)}
    installation.api("DELETE", f"/projects/{project['id']}")
    return figures
