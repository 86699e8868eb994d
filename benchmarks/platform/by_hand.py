"""The same deployment by hand: `buildah build` with cached layers on the same base image, `podman run`, the first good answer."""

import json
import os
import resource
import textwrap
import time

from installation import CERTIFICATES, Failure, Poller, attempt, free_ports, run

STACK = "localhost/switchyard/stack"
# As the platform limits builds and replicas; ulimits because an engine's defaults may lie above what this machine allows.
OPEN_FILES = min(resource.getrlimit(resource.RLIMIT_NOFILE)[1], 65536)
ULIMITS = ["--ulimit", f"nofile={OPEN_FILES}:{OPEN_FILES}", "--ulimit", "nproc=32768:32768"]
BUILD_OPTIONS = ["--isolation", "oci", "--memory", "2147483648b", "--memory-swap", "2147483648b", *ULIMITS]
RUN_OPTIONS = [
    "--memory", "1g", "--cpus", str(min(2, os.cpu_count())), "--pids-limit", "4096", "--cap-drop", "all", "--security-opt", "no-new-privileges", "--init",
    "--log-driver", "k8s-file", *ULIMITS,
]


class ByHand:
    """Deploys a folder without the platform; what it made is removed at the end."""

    def __init__(self, installation, deployment, language, dockerfile, source):
        self.name = f"{installation.name}-hand-{language}"
        self.runtime = ["--runtime", installation.runtime()]
        self.source = source
        self.file = installation.folder / f"{language}.Dockerfile"
        base, command = base_image(deployment["image"], language)
        lines = [
            f"FROM {base}", "WORKDIR /app", *textwrap.dedent(dockerfile).strip().splitlines(), "COPY --chown=1000:1000 . .",
            "USER 1000:1000", f"CMD {json.dumps(command)}",
        ]
        self.file.write_text("\n".join(lines) + "\n")
        self.images = set()
        self.container, self.port = None, None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._remove()

    def deploy(self, expected):
        """Seconds of each step until the answer is the expected one. The version before is asked all the while, as that of the
        platform is, and stopped afterwards, as no step of this."""
        port = free_ports(1)[0]
        with Poller(self.port or port, "localhost", expected) as poller:
            began = time.monotonic()
            self._build()
            built = time.monotonic()
            previous = self.container
            self.container = run(
                ["podman", *self.runtime, "run", "--detach", *RUN_OPTIONS, "--env", "PORT=8080",
                 "--publish", f"127.0.0.1:{port}:8080", self.name]).strip()
            started = time.monotonic()
            poller.port = self.port = port
            answered = poller.wait()
        self._stop(previous)
        return {"build": built - began, "run": started - built, "answer": answered - started}

    def _build(self):
        output = run(
            ["buildah", "build", "--layers", "--quiet", *self.runtime, *BUILD_OPTIONS,
             "--volume", f"{CERTIFICATES}:{CERTIFICATES}:ro", "--file", self.file, "--tag", self.name, self.source])
        self.images.add(output.split()[-1])

    def _stop(self, container):
        if container:
            run(["podman", "rm", "--force", "--time", "2", container])

    def _remove(self):
        self._stop(self.container)
        for image in self.images:
            # With the layers that nothing else stands on.
            attempt(run, ["podman", "rmi", "--force", image])


def base_image(application, language):
    """The image of the stack that the platform built an application on, and the application's command."""
    details = json.loads(run(["podman", "image", "inspect", application]))[0]
    layers = details["RootFS"]["Layers"]
    references = [
        reference for reference in run(["podman", "images", "--format", "{{.Repository}}:{{.Tag}}"]).split()
        if reference.startswith(f"{STACK}:{language}-")]
    for reference in references:
        base = json.loads(run(["podman", "image", "inspect", reference]))[0]["RootFS"]["Layers"]
        if layers[:len(base)] == base:
            return reference, details["Config"]["Cmd"]
    raise Failure(f"{application} stands on none of {references}")
