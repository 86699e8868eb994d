"""The application under load: each request takes 5 ms, WebSockets are echoed, and all answers name the replica.

When it is told to end it takes nothing new, and closes each WebSocket right after an answer, so that no message can cross the
close: whatever is cut in the middle of an exchange was cut by somebody else.
"""

import asyncio
import base64
import hashlib
import os
import signal

VERSION = "unset"
NAME = os.environ["SWITCHYARD_REPLICA_ID"]
SECONDS_OF_WORK = 0.005
SECONDS_OF_IDLENESS = 1
HANDSHAKE = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
GOING_AWAY = (1001).to_bytes(2, "big")

websockets = set()
is_ending = False


class Connection(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
        self.buffer = b""
        self.read = self.read_request

    def connection_lost(self, _):
        websockets.discard(self)

    def data_received(self, data):
        self.buffer += data
        while self.read():
            pass

    def read_request(self):
        head, separator, rest = self.buffer.partition(b"\r\n\r\n")
        if not separator:
            return False
        self.buffer = rest
        headers = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        if headers.get(b"upgrade") == b"websocket":
            # The value itself is not in lower case.
            key = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key: "))[19:].decode()
            accept = base64.b64encode(hashlib.sha1((key + HANDSHAKE).encode()).digest())
            self.transport.write(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + accept + b"\r\n\r\n")
            websockets.add(self)
            self.read = self.read_frame
        else:
            asyncio.get_running_loop().call_later(SECONDS_OF_WORK, self.answer)
        return True

    def answer(self):
        body = f"{NAME} {VERSION}\n".encode()
        self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    def read_frame(self):
        """The small masked frames of one piece that the benchmark sends."""
        if len(self.buffer) < 6 or len(self.buffer) < 6 + (self.buffer[1] & 127):
            return False
        size = self.buffer[1] & 127
        mask = self.buffer[2:6]
        kind, payload = self.buffer[0] & 15, bytes(byte ^ mask[index % 4] for index, byte in enumerate(self.buffer[6:6 + size]))
        self.buffer = self.buffer[6 + size:]
        if kind == TEXT:
            self.send(TEXT, f"{NAME} ".encode() + payload)
            if is_ending:
                self.send(CLOSE, GOING_AWAY)
        elif kind == PING:
            self.send(PONG, payload)
        elif kind == CLOSE:
            self.transport.close()
        return True

    def send(self, kind, payload):
        self.transport.write(bytes([128 | kind, len(payload)]) + payload)


async def main():
    server = await asyncio.get_running_loop().create_server(Connection, "0.0.0.0", int(os.environ["PORT"]), backlog=512)
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    print(f"{NAME} listens, version {VERSION}", flush=True)
    await ended.wait()
    global is_ending
    is_ending = True
    server.close()
    await asyncio.sleep(SECONDS_OF_IDLENESS)
    for connection in list(websockets):
        connection.send(CLOSE, GOING_AWAY)
    await asyncio.sleep(SECONDS_OF_IDLENESS if websockets else 0)


asyncio.run(main())
