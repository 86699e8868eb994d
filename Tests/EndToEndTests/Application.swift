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
            import http.server, os, signal, sys, threading, time
            started = time.time()
            \(start)
            class Handler(http.server.BaseHTTPRequestHandler):
                protocol_version = "HTTP/1.1"
                def do_GET(self):
                    path = self.path
                    is_health = path.startswith("/health")
                    status = (\(health)) if is_health else 200
                    body = str("" if is_health else (\(answer))).encode()
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
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
