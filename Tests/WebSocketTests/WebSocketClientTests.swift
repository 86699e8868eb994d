import FoundationEssentials
import HTTPTypes
import NIOSSL
import Processes
import Testing

@testable import WebSocket

@Suite(.timeLimit(.minutes(1)))
struct WebSocketClientTests {
    @Test("the request carries path, query, host and the caller's headers")
    func request() async throws {
        try await TestServer.with(decide: { request in
            let seen = [request.path ?? "", request.authority ?? "", request.headerFields[.authorization] ?? ""]
            return .reject(status: .forbidden, body: seen.joined(separator: " "))
        }) { server in
            await #expect(throws: WebSocketError.rejected(status: 403, body: "/live?x=1 127.0.0.1:\(server.port) Bearer t")) {
                try await WebSocketClient.connect(to: server.url, headers: [("Authorization", "Bearer t")])
            }
        }
    }

    @Test(
        "a URL that isn't for WebSockets is refused",
        arguments: ["", "http://a/", "ws://", "ws:/a", "ws://user:secret@a/", "ws://a:0/", "ws://a:99999/", "ws://a/#x", "live"])
    func invalidURL(url: String) async throws {
        await #expect(throws: WebSocketError.invalidURL(url)) { try await WebSocketClient.connect(to: url) }
    }

    @Test("a header that would split the request is refused", arguments: [("X", "a\r\nY: b"), ("X\n", "a"), ("", "a"), ("X: b", "a")])
    func invalidHeader(name: String, value: String) async throws {
        await #expect(throws: WebSocketError.self) { try await WebSocketClient.connect(to: "ws://127.0.0.1:9/", headers: [(name, value)]) }
    }

    @Test("a port where nobody listens is an error that names it")
    func refused() async throws {
        let error = await #expect(throws: WebSocketError.self) { try await WebSocketClient.connect(to: "ws://127.0.0.1:1/") }
        guard case .connectFailed(let reason) = error else {
            Issue.record("unexpected \(String(describing: error))")
            return
        }
        #expect(reason.contains("127.0.0.1:1"))
    }

    @Test("a server that never answers the handshake is given up")
    func silentServer() async throws {
        try await TestServer.with(decide: { _ in
            try? await Task.sleep(for: .seconds(60))
            return .pass
        }) { server in
            await #expect(throws: WebSocketError.self) { try await WebSocketClient.connect(to: server.url, timeout: .milliseconds(200)) }
        }
    }

    @Test("TLS is checked against the given authority, and refused without it")
    func secure() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "websocket-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let certificate = folder.appending(path: "certificate.pem").path
        let key = folder.appending(path: "key.pem").path
        let made = try await Command(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                "/CN=localhost",
                "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate,
            ]
        ).run()
        #expect(made.isSuccess)
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
        let context = try NIOSSLContext(configuration: configuration)
        try await TestServer.with(tls: context, decide: { _ in .accept(run: WebSocketConnectionTests.echo) }) { server in
            for host in ["localhost", "127.0.0.1"] {
                let url = "wss://\(host):\(server.port)/"
                let connection = try await WebSocketClient.connect(to: url, certificateAuthorityFile: certificate)
                var messages = connection.messages.makeAsyncIterator()
                try await connection.send(text: "secret")
                #expect(try await messages.next() == .text("secret"))
                await connection.close()
                await #expect(throws: WebSocketError.self) { try await WebSocketClient.connect(to: url) }
            }
        }
    }
}
