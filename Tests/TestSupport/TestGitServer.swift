internal import Processes

/// Git's own smart HTTP backend behind a small server on loopback.
public enum TestGitServer {
    /// A CGI server for `git http-backend`; also redirects, and tells which `Authorization` it got.
    private static let program = #"""
        import os, subprocess, sys
        from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

        root = sys.argv[1]

        class Handler(BaseHTTPRequestHandler):
            def handle_git(self):
                path, _, query = self.path.partition("?")
                if path.startswith("/redirect/"):
                    self.send_response(302)
                    self.send_header("Location", self.path.replace("/redirect/", "/"))
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                if path.startswith("/private/"):
                    if self.headers.get("Authorization") != "Basic dTpwQHNz":
                        self.send_response(401)
                        self.send_header("WWW-Authenticate", "Basic")
                        self.send_header("Content-Length", "0")
                        self.end_headers()
                        return
                    path = path[len("/private"):]
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                environment = dict(os.environ, GIT_PROJECT_ROOT=root, GIT_HTTP_EXPORT_ALL="1", PATH_INFO=path, QUERY_STRING=query,
                    REQUEST_METHOD=self.command, CONTENT_TYPE=self.headers.get("Content-Type", ""), CONTENT_LENGTH=str(len(body)),
                    HTTP_CONTENT_ENCODING=self.headers.get("Content-Encoding", ""), GIT_PROTOCOL=self.headers.get("Git-Protocol", ""))
                answer = subprocess.run(["git", "http-backend"], input=body, env=environment, stdout=subprocess.PIPE).stdout
                head, _, content = answer.partition(b"\r\n\r\n")
                fields = [line.split(": ", 1) for line in head.decode().split("\r\n")]
                self.send_response(int(dict(fields).get("Status", "200").split()[0]))
                for name, value in fields:
                    if name != "Status": self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = handle_git

            def log_message(self, *arguments): pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        print(server.server_port, flush=True)
        server.serve_forever()
        """#

    /// Runs `body` with the URL below which the bare repositories of a folder are served.
    public static func serving(_ root: String, _ body: @Sendable (String) async throws -> Void) async throws {
        let port = AsyncStream<String>.makeStream()
        try await withThrowingTaskGroup { group in
            group.addTask {
                _ = try? await Command("python3", ["-c", program, root]).stream { line in port.continuation.yield(line.text) }
                port.continuation.finish()
            }
            defer { group.cancelAll() }
            for await number in port.stream {
                try await body("http://127.0.0.1:\(number)")
                return
            }
        }
    }
}
