#!/usr/bin/env python3
"""Measures the edge beside plain nginx, with wrk, on the loopback interface.

  changes   with 2,000 routes and under load: how long until a new route, and a swap of a route's replica, is live; no request may fail.
            Under a load that leaves the edge's core some rest, and under one that takes all of it: there a change waits in line
            like any request
  cost      CPU microseconds a request (user and system time of the workers, divided by requests) of the edge and of a plain nginx
            with `proxy_pass` to a static upstream with keep-alive; both write an access log. The two are measured in turn, and the
            ratio of the medians counts, because a single figure swings with whatever else the machine does.

Needs nginx with Lua, wrk, openssl and Python's standard library. Prints a table, and JSON with --json FILE. Ends with code 1 when a
goal is missed.
"""

import argparse
import http.client
import json
import os
import pwd
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

SHARE = Path(__file__).resolve().parents[2] / "edge"
ROUTES = 2000
GOAL_RATIO = 1.6
GOAL_CHANGE_MS = 10
# Each asks again as soon as it is answered: one leaves about half a core to others, many leave nothing.
MODERATE_CONNECTIONS = 1
ALL_CONNECTIONS = 32

UPSTREAM = """
daemon off; worker_processes 1; pid {folder}/upstream.pid; error_log {folder}/upstream.err;
events {{ worker_connections 2048; }}
http {{
    access_log off; keepalive_requests 100000000;
    client_body_temp_path {folder}/tmp/u1; proxy_temp_path {folder}/tmp/u2; fastcgi_temp_path {folder}/tmp/u3;
    uwsgi_temp_path {folder}/tmp/u4; scgi_temp_path {folder}/tmp/u5;
    server {{ listen 127.0.0.1:{a} backlog=4096; listen 127.0.0.1:{b} backlog=4096; location / {{ return 200 "$server_port\\n"; }} }}
}}
"""

PLAIN = """
daemon off; worker_processes 1; pid {folder}/plain.pid; error_log {folder}/plain.err; {user}
events {{ worker_connections 2048; multi_accept on; }}
http {{
    access_log {folder}/logs/plain.log combined buffer=64k flush=1s; keepalive_requests 10000;
    client_body_temp_path {folder}/tmp/p1; proxy_temp_path {folder}/tmp/p2; fastcgi_temp_path {folder}/tmp/p3;
    uwsgi_temp_path {folder}/tmp/p4; scgi_temp_path {folder}/tmp/p5;
    upstream application {{ server 127.0.0.1:{a}; keepalive 512; keepalive_requests 10000; }}
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location / {{
            proxy_pass http://application; proxy_http_version 1.1; proxy_set_header Connection "";
            proxy_set_header Host $host; proxy_set_header X-Real-IP $remote_addr;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto $scheme;
        }}
    }}
}}
"""


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until_open(family, address):
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        with socket.socket(family) as connection:
            if connection.connect_ex(address) == 0:
                return
        time.sleep(0.02)
    raise SystemExit(f"nothing listens on {address}")


class Nginx:
    """One nginx of this benchmark, ended with it."""

    def __init__(self, stack, folder, name, text, port):
        self.file = folder / f"{name}.conf"
        self.file.write_text(text)
        self.process = subprocess.Popen(["nginx", "-c", str(self.file), "-e", str(folder / f"{name}.err")])
        stack.callback(self.stop)
        self.port = port
        wait_until_open(socket.AF_INET, ("127.0.0.1", port))

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def workers(self):
        pid = self.process.pid
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()

    def cpu_seconds(self):
        ticks = 0
        for pid in self.workers():
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")


def edge_configuration(folder, user, port, tls_port):
    """The template of the edge with the values that this benchmark needs; in the product EdgeConfiguration fills it in."""
    text = (SHARE / "nginx.conf").read_text()
    values = {
        "FOLDER": folder, "SHARE": SHARE, "MODULES": "/usr/lib/nginx/modules", "USER": user, "WORKERS": 1, "OPEN_FILES": 8192,
        "CONNECTIONS": 4096, "HEADER_TIMEOUT": "15s", "UPSTREAM_TIMEOUT": "900s", "BODY_LIMIT": 0, "VERIFY_TOKEN": "benchmark-token-1234",
        "LISTEN": f"listen 127.0.0.1:{port} backlog=4096; listen 127.0.0.1:{tls_port} ssl http2;", "TRUST": "",
        "FORWARDED_FOR": "$remote_addr", "FORWARDED_PROTOCOL": "$scheme",
    }
    for name, value in values.items():
        text = text.replace("{{" + name + "}}", str(value))
    settings = {"digest": "benchmark", "httpsPort": tls_port, "holdSeconds": 30, "holdLimit": 100, "schemeVariable": "scheme"}
    (folder / "edge.json").write_text(json.dumps(settings))
    return text


def prepare_folder(folder):
    """The edge's folder; the workers of a root nginx own what they write to. Returns nginx's line for their account."""
    for name in ["run", "tls", "state", "tmp", "logs"]:
        (folder / name).mkdir()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=edge",
         "-keyout", folder / "tls/fallback.key", "-out", folder / "tls/fallback.crt"], check=True, capture_output=True)
    if os.getuid() != 0:
        return ""
    folder.chmod(0o711)
    account = pwd.getpwnam("www-data")
    for name in ["state", "tmp", "logs"]:
        os.chown(folder / name, account.pw_uid, account.pw_gid)
    return "user www-data;"


class Admin:
    """Changes to the edge over its Unix socket."""

    def __init__(self, path):
        self.path = str(path)
        self.revision = 0
        wait_until_open(socket.AF_UNIX, self.path)

    def put(self, path, body):
        self.revision += 1
        connection = http.client.HTTPConnection("edge")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(self.path)
        connection.request("PUT", path, json.dumps({"revision": self.revision, **body}))
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        if answer.status != 200:
            raise SystemExit(f"the edge refused {path}: {text}")


def route(host, port):
    return {"host": host, "service": "s", "endpoints": [{"address": "127.0.0.1", "port": port, "deployment": "d"}]}


def wrk(port, host, connections, seconds):
    return subprocess.Popen(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-H", f"Host: {host}", f"http://127.0.0.1:{port}/"],
        stdout=subprocess.PIPE, text=True)


def wrk_result(process):
    """Requests and failed requests."""
    text = process.communicate()[0]
    failed = sum(int(number) for line in re.findall(r"(?:Socket errors|Non-2xx).*", text) for number in re.findall(r"\d+", line.replace("2xx", "").replace("3xx", "")))
    return int(re.search(r"(\d+) requests in", text)[1]), failed


def measure_changes(edge, admin, ports, rounds, connections):
    """Milliseconds from the beginning of a change to the first answer that shows it, and how many answers did not show it yet."""
    admin.put("/routes", {"routes": [route(f"app-{number}.test", ports[0]) for number in range(ROUTES)]})
    outdated = 0

    def until(host, expected):
        nonlocal outdated
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", edge.port, timeout=10)
            connection.request("GET", "/", headers={"Host": host})
            answer = connection.getresponse()
            text = answer.read().decode().strip()
            connection.close()
            if answer.status == 200 and text == str(expected):
                return
            outdated += 1

    load = wrk(edge.port, "app-1.test", connections, max(5, rounds // 5))
    time.sleep(0.5)
    new, swapped = [], []
    for number in range(rounds):
        began = time.perf_counter()
        admin.put(f"/routes/new-{number}.test", {"route": route(f"new-{number}.test", ports[0])})
        until(f"new-{number}.test", ports[0])
        new.append((time.perf_counter() - began) * 1000)
        # The route that the load goes to as well.
        port = ports[(number + 1) % 2]
        began = time.perf_counter()
        admin.put("/routes/app-1.test", {"route": route("app-1.test", port)})
        until("app-1.test", port)
        swapped.append((time.perf_counter() - began) * 1000)
        time.sleep(0.05)
    requests, failed = wrk_result(load)
    return {
        "routes": ROUTES, "changes": 2 * rounds, "connections": connections, "requests": requests, "failedRequests": failed,
        "outdatedAnswers": outdated,
        "newRouteMs": {"median": statistics.median(new), "worst": max(new)},
        "swapMs": {"median": statistics.median(swapped), "worst": max(swapped)},
    }


def measure_cost(servers, host, rounds, seconds):
    """CPU microseconds a request of each server, measured in turn."""
    figures = {name: [] for name in servers}
    failures = 0
    for _ in range(rounds):
        for name, server in servers.items():
            before = server.cpu_seconds()
            requests, failed = wrk_result(wrk(server.port, host, 64, seconds))
            figures[name].append((server.cpu_seconds() - before) / requests * 1e6)
            failures += failed
    result = {name: {"median": statistics.median(list), "best": min(list)} for name, list in figures.items()}
    ratios = sorted(edge / plain for edge, plain in zip(figures["edge"], figures["plain"]))
    return {**result, "ratio": statistics.median(ratios), "rounds": rounds, "failedRequests": failures}


def pin(server, core):
    for pid in server.workers():
        os.sched_setaffinity(int(pid), {core})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=25, help="how often each server is measured (default 25)")
    parser.add_argument("--seconds", type=int, default=2, help="how long each measurement takes (default 2)")
    parser.add_argument("--changes", type=int, default=40, help="how many routes are added and swapped (default 40)")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    options = parser.parse_args()

    folder = Path(tempfile.mkdtemp(prefix="switchyard-bench-", dir="/tmp"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        user = prepare_folder(folder)
        ports = free_port(), free_port()
        upstream = Nginx(stack, folder, "upstream", UPSTREAM.format(folder=folder, a=ports[0], b=ports[1]), ports[0])
        port = free_port()
        plain = Nginx(stack, folder, "plain", PLAIN.format(folder=folder, user=user, a=ports[0], port=port), port)
        port = free_port()
        edge = Nginx(stack, folder, "edge", edge_configuration(folder, user, port, free_port()), port)
        # The two that are compared share one core, and all else has the others.
        cores = sorted(os.sched_getaffinity(0))
        if len(cores) > 1:
            pin(plain, cores[0])
            pin(edge, cores[0])
            pin(upstream, cores[1])
            os.sched_setaffinity(0, set(cores[1:]))

        admin = Admin(folder / "run/admin.sock")
        changes = measure_changes(edge, admin, ports, options.changes, MODERATE_CONNECTIONS)
        saturated = measure_changes(edge, admin, ports, options.changes, ALL_CONNECTIONS)
        admin.put("/routes/app-1.test", {"route": route("app-1.test", ports[0])})
        cost = measure_cost({"edge": edge, "plain": plain}, "app-1.test", options.rounds, options.seconds)

    failures = sum(part["failedRequests"] for part in [changes, saturated, cost])
    outdated = changes["outdatedAnswers"] + saturated["outdatedAnswers"]
    is_fast = all(part[key]["median"] <= GOAL_CHANGE_MS for part in [changes, saturated] for key in ["newRouteMs", "swapMs"])
    is_good = failures == 0 and outdated == 0 and is_fast and cost["ratio"] <= GOAL_RATIO
    print(f"{'route changes under load, ' + str(ROUTES) + ' routes':<44}{'median':>10}{'worst':>10}   goal")
    for part in [changes, saturated]:
        load = f"{part['connections']} connection" + ("s" if part["connections"] > 1 else "")
        for label, key in [("new route live", "newRouteMs"), ("replica swap live", "swapMs")]:
            print(f"  {label + ', ' + load:<42}{part[key]['median']:>7.1f} ms{part[key]['worst']:>7.1f} ms   {GOAL_CHANGE_MS} ms")
        print(f"  {'failed of ' + str(part['requests']) + ' requests':<42}{part['failedRequests']:>10}             0")
        print(f"  {'old answers after a change':<42}{part['outdatedAnswers']:>10}             0")
    print(f"{'CPU a request':<44}{'median':>10}{'best':>10}")
    for name in ["edge", "plain"]:
        print(f"  {name:<42}{cost[name]['median']:>7.1f} us{cost[name]['best']:>7.1f} us")
    print(f"  {'edge / plain':<42}{cost['ratio']:>10.2f}             {GOAL_RATIO}")
    if options.json:
        options.json.write_text(json.dumps({"changes": changes, "changesSaturated": saturated, "cost": cost, "isGood": is_good}, indent=2) + "\n")
    sys.exit(0 if is_good else 1)


if __name__ == "__main__":
    main()
