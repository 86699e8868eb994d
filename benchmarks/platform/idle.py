"""What an installation at rest costs: memory, as each process's share of it (PSS), and CPU."""

import os
import time
from pathlib import Path

from figures import Figures
from installation import REPOSITORY

GOAL_MIB = 300
GOAL_CPU_PERCENT = 2
# The first is an ancestor of the others, as long as they were not left by an earlier one.
PID_FILES = {
    "server and supervisor": "run/switchyard.pid", "PostgreSQL": "postgres/postgres.pid", "edge": "edge/run/nginx.pid",
    "Podman's service": "run/podman.pid",
}


def family(pid):
    """A process and all its descendants."""
    found = {pid}
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue  # it has just ended
        for child in children:
            found |= family(int(child))
    return found


def families(installation):
    """The processes of each part of an installation, each process in one part."""
    parts = {name: family(int((installation.data / file).read_text().split()[0])) for name, file in PID_FILES.items()}
    first, *others = parts
    parts[first] -= set().union(*(parts[name] for name in others))
    return parts


def memory(pids):
    """MiB of memory, of which each page that processes share counts in part."""
    kibibytes = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        kibibytes += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kibibytes / 1024


def processor_time(pids):
    """Seconds of CPU that these processes and their children that have ended have used."""
    ticks = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        ticks += sum(int(field) for field in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def measure(installation, rest):
    """Rests first, so that what a deployment stirred up has settled; then measures while it rests as long again."""
    figures = Figures(f"At rest with one application: memory after {rest} s, CPU during the next {rest} s")
    deployment = installation.up(REPOSITORY / "examples/python", "bench-idle")
    installation.wait_until_drained(deployment)
    time.sleep(rest)
    parts = families(installation)
    megabytes = {name: memory(pids) for name, pids in parts.items()}
    before = {name: processor_time(pids) for name, pids in parts.items()}
    began = time.monotonic()
    time.sleep(rest)
    parts = families(installation)
    seconds = {name: processor_time(pids) - before[name] for name, pids in parts.items()}
    elapsed = time.monotonic() - began
    figures.add("memory of all", sum(megabytes.values()), "MiB", GOAL_MIB)
    for name, amount in megabytes.items():
        figures.add(f"    {name}", amount, "MiB", note=f"{len(parts[name])} processes")
    figures.add("CPU of all, of one core", sum(seconds.values()) / elapsed * 100, "%", GOAL_CPU_PERCENT)
    for name, amount in seconds.items():
        figures.add(f"    {name}", amount / elapsed * 100, "%")
    return figures
