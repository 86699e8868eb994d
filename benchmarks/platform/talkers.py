"""WebSockets through the edge that are always in use: each sends a message, waits for its echo, pauses, and begins anew."""

import base64
import os
import select
import socket
import threading
import time

TEXT, CLOSE = 1, 8
PAUSE_SECONDS = 0.05
TIMEOUT_SECONDS = 10


class Ended(Exception):
    """The WebSocket is over; the text says how."""


class WebSocket:
    """The client's side of one connection, for short messages."""

    def __init__(self, port, host):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_SECONDS)
        self.buffer = b""
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET /socket HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
        while b"\r\n\r\n" not in self.buffer:
            self._receive()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise Ended(f"refused: {head.splitlines()[0].decode()}")

    def send(self, kind, payload):
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
        try:
            self.socket.sendall(bytes([128 | kind, 128 | len(payload)]) + mask + masked)
        except OSError as error:
            raise Ended(f"cut: {error}") from None

    def receive(self):
        """The next message. Raises Ended when there will be none; a close is answered by one."""
        while len(self.buffer) < 2 or len(self.buffer) < 2 + self.buffer[1]:
            self._receive()
        kind, size = self.buffer[0] & 15, self.buffer[1]
        payload, self.buffer = self.buffer[2:2 + size], self.buffer[2 + size:]
        if kind == CLOSE:
            self.send(CLOSE, payload)
            raise Ended(f"closed with {int.from_bytes(payload[:2], 'big')}")
        return payload.decode()

    def has_more(self, seconds):
        """Whether something comes within this time."""
        return bool(self.buffer) or bool(select.select([self.socket], [], [], seconds)[0])

    def close(self):
        self.socket.close()

    def _receive(self):
        try:
            data = self.socket.recv(4096)
        except TimeoutError:
            raise Ended(f"cut: no answer within {TIMEOUT_SECONDS} s") from None
        except OSError as error:
            raise Ended(f"cut: {error}") from None
        if not data:
            raise Ended("cut: end of the stream")
        self.buffer += data


class Talkers:
    """Keeps some WebSockets in use until the `with` is left, opens each anew when it ended, and keeps how each one ended."""

    def __init__(self, port, host, count):
        self.port, self.host = port, host
        self.exchanges = 0
        self.ends = []  # replica, time, how, whether an answer was awaited
        self.refusals = []
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._talk) for _ in range(count)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _talk(self):
        while not self._over.is_set():
            try:
                connection = WebSocket(self.port, self.host)
            except (Ended, OSError) as error:
                self.refusals.append((time.monotonic(), str(error)))
                time.sleep(PAUSE_SECONDS)
                continue
            self._exchange(connection)
            connection.close()

    def _exchange(self, connection):
        replica, number, awaits = "", 0, False
        try:
            while not self._over.is_set():
                number += 1
                awaits = True
                connection.send(TEXT, f"{number}".encode())
                replica, echo = connection.receive().split(" ")
                awaits = False
                if echo != f"{number}":
                    raise Ended(f"cut: {echo} came for {number}")
                with self._lock:
                    self.exchanges += 1
                if connection.has_more(PAUSE_SECONDS):
                    connection.receive()
            connection.send(CLOSE, (1000).to_bytes(2, "big"))
        except Ended as end:
            self.ends.append({"replica": replica, "time": time.monotonic(), "how": str(end), "awaited": awaits})
