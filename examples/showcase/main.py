"""The example that `make up` deploys: one page that shows where it runs and counts its visitors live.

It needs nothing but Python's standard library. It answers /health, streams /events, and ends at once on SIGTERM.
"""

import json
import os
import queue
import signal
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PAGE = Path(__file__).with_name("page.html").read_bytes()
STARTED = time.time()


class Visits:
    """Counts requests, and tells everybody who listens about each."""

    def __init__(self):
        self._lock = threading.Lock()
        self._listeners = set()
        self._times = []
        self.total = 0

    def add(self):
        now = time.time()
        with self._lock:
            self.total += 1
            self._times = [moment for moment in self._times if moment > now - 60] + [now]
            for listener in self._listeners:
                if not listener.full():
                    listener.put_nowait(self._snapshot(now))

    def snapshot(self):
        with self._lock:
            return self._snapshot(time.time())

    def listen(self):
        listener = queue.Queue(maxsize=16)
        with self._lock:
            self._listeners.add(listener)
        return listener

    def forget(self, listener):
        with self._lock:
            self._listeners.discard(listener)

    def close(self):
        """Lets every stream end."""
        with self._lock:
            for listener in self._listeners:
                while not listener.empty():
                    listener.get_nowait()
                listener.put_nowait(None)

    def _snapshot(self, now):
        seconds = [0] * 60
        for moment in self._times:
            age = int(now - moment)
            if age < 60:
                seconds[59 - age] += 1
        return {"total": self.total, "watching": len(self._listeners), "seconds": seconds, "uptime": int(now - STARTED)}


VISITS = Visits()


def about():
    """What the platform told this replica about itself."""

    def value(name, default="-"):
        return os.environ.get("SWITCHYARD_" + name) or default

    return {
        "project": value("PROJECT_NAME"),
        "environment": value("ENVIRONMENT_NAME", "local"),
        "service": value("SERVICE_NAME", "showcase"),
        "deployment": value("DEPLOYMENT_ID", "not deployed yet"),
        "replica": value("REPLICA_ID", "0").rpartition("-")[2],
        "region": value("REPLICA_REGION", "this machine"),
        "host": socket.gethostname(),
    }


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "showcase"

    def do_GET(self):
        path = self.path.partition("?")[0]
        if path == "/health":
            self.answer(b"ok\n", "text/plain")
        elif path == "/events":
            self.stream()
        elif path == "/about":
            self.answer(json.dumps(about() | VISITS.snapshot()).encode(), "application/json")
        elif path == "/":
            VISITS.add()
            self.answer(PAGE, "text/html; charset=utf-8")
        elif path == "/ping":
            VISITS.add()
            self.answer(b"pong\n", "text/plain")
        else:
            self.answer(b"not found\n", "text/plain", status=404)

    do_HEAD = do_GET

    def answer(self, body, kind, status=200):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def stream(self):
        """Server-Sent Events: who and where we are once, then each visit, and a sign of life now and then."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Accel-Buffering", "no")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        if self.command == "HEAD":
            return
        listener = VISITS.listen()
        try:
            self.event("about", about())
            self.event("visits", VISITS.snapshot())
            while True:
                try:
                    visits = listener.get(timeout=5)
                except queue.Empty:
                    visits = VISITS.snapshot()
                if visits is None:
                    return
                self.event("visits", visits)
        except OSError:
            pass
        finally:
            VISITS.forget(listener)

    def event(self, name, data):
        self.wfile.write(f"event: {name}\ndata: {json.dumps(data)}\n\n".encode())
        self.wfile.flush()

    def log_message(self, format, *arguments):
        if not self.path.startswith(("/health", "/events")):
            print(f"{self.command} {self.path} {arguments[1] if len(arguments) > 1 else ''}", flush=True)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024
    address_family = socket.AF_INET


def main():
    server = Server(("0.0.0.0", int(os.environ.get("PORT", "8080"))), Handler)

    def stop(*_):
        VISITS.close()
        # serve_forever() must not wait for itself.
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print(f"listening on port {server.server_port}", flush=True)
    server.serve_forever(poll_interval=0.1)
    server.server_close()
    print("stopped", flush=True)


if __name__ == "__main__":
    main()
