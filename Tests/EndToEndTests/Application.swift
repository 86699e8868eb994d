import FoundationEssentials

/// A small application in a folder of its own: a Python program without dependencies, whose behaviour a test chooses.
struct Application: Sendable {
    let folder: String
    let name: String

    /// - Parameters:
    ///   - name: Of the project and the service.
    ///   - start: What it does before it listens, in Python.
    ///   - port: What it listens on, in Python.
    ///   - answer: What it answers, in Python: the text of the answer to `path`, at each request.
    ///   - health: What `/health` answers, in Python: a status.
    init(
        _ name: String, in parent: String, start: String = "", port: String = "int(os.environ['PORT'])", answer: String,
        health: String = "200"
    ) throws {
        self.name = name
        folder = parent + "/" + name
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try write(start: start, port: port, answer: answer, health: health)
    }

    /// Another version of it.
    func write(start: String = "", port: String = "int(os.environ['PORT'])", answer: String, health: String = "200") throws {
        let program = """
            import base64, hashlib, http.server, os, signal, sys, threading, time
            started = time.time()
            \(start)
            class Handler(http.server.BaseHTTPRequestHandler):
                protocol_version = "HTTP/1.1"
                def do_GET(self):
                    path = self.path
                    if self.headers.get("Upgrade") == "websocket":
                        return self.talk()
                    is_health = path.startswith("/health")
                    status = (\(health)) if is_health else 200
                    body = str("" if is_health else (\(answer))).encode()
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                def talk(self):
                    # A WebSocket (RFC 6455) of short texts: each is answered with the version's answer before it.
                    key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
                    self.send_response(101)
                    self.send_header("Upgrade", "websocket")
                    self.send_header("Connection", "Upgrade")
                    self.send_header("Sec-WebSocket-Accept", base64.b64encode(hashlib.sha1(key.encode()).digest()).decode())
                    self.end_headers()
                    path = self.path
                    while True:
                        kind, length = self.rfile.read(2)
                        mask = self.rfile.read(4)
                        text = bytes(byte ^ mask[at % 4] for at, byte in enumerate(self.rfile.read(length & 0x7f)))
                        if kind == 0x81:
                            text = f"{(\(answer))}: {text.decode()}".encode()
                        elif kind == 0x89:
                            kind = 0x8a
                        self.wfile.write(bytes([kind, len(text)]) + text)
                        if kind == 0x88:
                            self.close_connection = True
                            return
                def log_message(self, *arguments):
                    pass
            class Server(http.server.ThreadingHTTPServer):
                request_queue_size = 512
                daemon_threads = True
            server = Server(("0.0.0.0", \(port)), Handler)
            if not getattr(sys, "ignores_sigterm", False):
                signal.signal(signal.SIGTERM, lambda *arguments: os._exit(0))
            print("listening", flush=True)
            server.serve_forever()
            """
        try Data(program.utf8).write(to: URL(filePath: folder + "/main.py"))
    }
}
