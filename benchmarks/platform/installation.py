"""An installation of its own to measure: data folder, ports, name; removed with all it made, whatever happens."""

import http.client
import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
UNITS = Path("/etc/systemd/system")


class Failure(Exception):
    """A command or a request that had to succeed did not."""


def free_ports(count):
    """Ports that nobody listens on, all different."""
    listeners = [socket.socket() for _ in range(count)]
    try:
        for listener in listeners:
            listener.bind(("127.0.0.1", 0))
        return [listener.getsockname()[1] for listener in listeners]
    finally:
        for listener in listeners:
            listener.close()


def run(arguments, environment=None, folder=None, timeout=300):
    """What a command writes to its standard output. Raises Failure with all it wrote when it does not succeed."""
    arguments = [str(argument) for argument in arguments]
    done = subprocess.run(arguments, env=environment, cwd=folder, timeout=timeout, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure(f"{' '.join(arguments)} ended with {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done.stdout


def attempt(action, *arguments):
    """The result, or nothing when it fails: one thing that can't be removed does not keep the rest."""
    try:
        return action(*arguments)
    except (Failure, OSError, subprocess.SubprocessError) as error:
        print(f"not removed: {error}", flush=True)
        return None


class Installation:
    """Starts when a `with` is entered, and is gone when it is left."""

    def __init__(self, programs):
        self.programs = Path(programs).resolve()
        self.name = f"bench{os.getpid()}"
        # Short, because the names of Unix sockets are.
        self.folder = Path(tempfile.mkdtemp(prefix="sy-bench-", dir="/tmp"))
        self.data = self.folder / "data"
        self.api_port, self.http_port, self.https_port = free_ports(3)
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith("SWITCHYARD_") and name != "DATABASE_URL"}
        self.environment |= {
            "SWITCHYARD_DATA": str(self.data), "SWITCHYARD_CONFIG_DIR": str(self.folder / "client"),
            "SWITCHYARD_URL": f"http://127.0.0.1:{self.api_port}", "NO_COLOR": "1",
        }
        self.token = ""

    def __enter__(self):
        try:
            self._configure()
            self.start()
            self.token = self.switchyard("token", "take").split()[-1]
            self.yard("login", "--token", self.token)
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(self, kind, *_):
        log = self.data / "log/switchyard.log"
        if kind is not None and log.exists():
            print(f"the installation's last lines:\n{log.read_text()[-3000:]}", flush=True)
        self.remove()

    def _configure(self):
        # The edge's and the database's accounts have to pass through.
        self.folder.chmod(0o711)
        self.data.mkdir(mode=0o711)
        settings = {
            "SWITCHYARD_NAME": self.name, "SWITCHYARD_SHARE": REPOSITORY, "SWITCHYARD_API_PORT": self.api_port,
            "SWITCHYARD_HTTP_PORT": self.http_port, "SWITCHYARD_HTTPS_PORT": self.https_port, "SWITCHYARD_EDGE_ADDRESS": "127.0.0.1",
            # Builds reach the package registries through whatever authority the machine itself trusts.
            "SWITCHYARD_EXTRA_CA": CERTIFICATES,
            # Base images are made only where there are none, also from a mirror that is no longer kept up.
            "SWITCHYARD_MIRROR_IS_FROZEN": "yes",
        }
        (self.data / "config").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))

    # The operator.

    def start(self):
        self.switchyard("start", "--wait", "300")

    def switchyard(self, *arguments):
        return run([self.programs / "switchyard", *arguments], self.environment, timeout=400)

    def runtime(self):
        """The OCI runtime that its containers run by, as its own Podman was told."""
        process = (self.data / "run/podman.pid").read_text().split()[0]
        arguments = Path(f"/proc/{process}/cmdline").read_text().split("\0")
        return arguments[arguments.index("--runtime") + 1]

    def remove(self):
        attempt(self.switchyard, "stop")
        unit = UNITS / f"{self.name}.service"
        if unit.exists():
            attempt(run, ["systemctl", "disable", "--now", unit.name])
            unit.unlink()
            attempt(run, ["systemctl", "daemon-reload"])
        for listing, removal in [
            (["ps", "--all", "--quiet", "--filter", f"label=switchyard.instance={self.name}"], ["rm", "--force", "--time", "0"]),
            (["volume", "ls", "--quiet", "--filter", f"name={self.name}"], ["volume", "rm", "--force"]),
            (["network", "ls", "--quiet", "--filter", f"name={self.name}"], ["network", "rm", "--force"]),
            (["images", "--quiet", "--filter", f"label=dev.switchyard.instance={self.name}"], ["rmi", "--force"]),
        ]:
            for item in dict.fromkeys((attempt(run, ["podman", *listing]) or "").split()):
                attempt(run, ["podman", *removal, item])
        shutil.rmtree(self.folder, ignore_errors=True)

    # The developer.

    def yard(self, *arguments, folder=None):
        return run([self.programs / "yard", *arguments], self.environment, folder or self.folder, timeout=900)

    def up(self, folder, service):
        """Deploys a folder as the only service of a project, and returns the deployment."""
        return json.loads(self.yard("up", folder, "--project", service, "--service", service, "--json"))

    def api(self, method, path, body=None, kind="application/json"):
        """The answer of the API, which has to be a good one."""
        connection = http.client.HTTPConnection("127.0.0.1", self.api_port, timeout=60)
        try:
            headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
            connection.request(method, f"/api/v1{path}", body if isinstance(body, (bytes, type(None))) else json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        if answer.status >= 300:
            raise Failure(f"{method} {path} was answered with {answer.status}: {text[:500]}")
        return json.loads(text) if (answer.headers.get("Content-Type") or "").startswith("application/json") else text

    def deployments(self, of):
        """The versions of the service that a deployment is of, newest first."""
        return self.api("GET", f"/environments/{of['environmentId']}/services/{of['serviceId']}/deployments?limit=100")["items"]

    def wait_until_drained(self, deployment):
        """Waits until no version of the service is on its way in or out."""
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            statuses = {item["status"] for item in self.deployments(deployment)}
            if not statuses & {"QUEUED", "BUILDING", "DEPLOYING", "REMOVING"}:
                return
            time.sleep(0.1)
        raise Failure(f"versions are still under way: {statuses}")

    # The visitor.

    @staticmethod
    def host(deployment):
        return deployment["urls"][0].split("//")[1].split("/")[0].split(":")[0]


def get(port, host, path="/", timeout=20):
    """One request over a connection of its own: status and body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", path, headers={"Host": host})
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace")
    finally:
        connection.close()


class Poller:
    """Asks every few milliseconds, each time over a new connection, until the answer is the expected one."""

    def __init__(self, port, host, expected, interval=0.005, limit=120):
        self.port, self.host, self.expected = port, host, expected
        self.interval, self.limit = interval, limit
        self._seen = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._poll)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()

    def wait(self):
        """The time of the expected answer, on time.monotonic(). Raises Failure when it does not come within the limit."""
        self._thread.join(self.limit)
        if self._seen is None:
            raise Failure(f"{self.host} did not answer with {self.expected!r} within {self.limit} s")
        return self._seen

    def _poll(self):
        due = time.monotonic()
        while not self._over.wait(max(0.0, due - time.monotonic())):
            due = time.monotonic() + self.interval
            try:
                if get(self.port, self.host) == (200, self.expected):
                    self._seen = time.monotonic()
                    return
            except (OSError, http.client.HTTPException):
                pass  # nobody listens yet, or it was just being started or stopped


def wait_for_body(port, host, expected, limit=120):
    """Asks until the answer is the expected one, and returns its time on time.monotonic()."""
    with Poller(port, host, expected, limit=limit) as poller:
        return poller.wait()
