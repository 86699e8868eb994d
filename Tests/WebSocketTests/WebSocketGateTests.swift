import HTTPTypes
import Testing

@testable import WebSocket

/// The opening handshake and plain HTTP beside it, on a raw socket.
@Suite(.timeLimit(.minutes(1)))
struct WebSocketGateTests {
    private static let plain = "GET /x HTTP/1.1\r\nHost: test\r\n\r\n"

    @Test("a request after others on the same connection is upgraded")
    func laterRequest() async throws {
        try await TestServer.accepting(run: WebSocketConnectionTests.echo) { server in
            try await RawConnection.with(port: server.port) { raw in
                for _ in 0..<3 {
                    try await raw.send(Self.plain)
                    #expect(try await raw.read(until: "plain").hasPrefix("HTTP/1.1 200 OK"))
                }
                let answer = try await raw.upgrade()
                #expect(answer.hasPrefix("HTTP/1.1 101 "))
                // RFC 6455, section 1.3: the example's answer.
                #expect(answer.contains("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="))
                try await raw.send(opcode: 1, Array("hello".utf8))
                let echoed = try await raw.readFrame()
                #expect(echoed?.payload == Array("hello".utf8))
            }
        }
    }

    @Test("an upgrade right behind an unanswered request, and frames right behind the upgrade, are kept in order")
    func pipelined() async throws {
        try await TestServer.accepting(run: WebSocketConnectionTests.echo) { server in
            try await RawConnection.with(port: server.port) { raw in
                let hello: [UInt8] = [0x81, 0x82, 0, 0, 0, 0] + Array("hi".utf8)
                try await raw.send(Array((Self.plain + RawConnection.upgradeRequest).utf8) + hello)
                #expect(try await raw.read(until: "plain").hasPrefix("HTTP/1.1 200 OK"))
                #expect(try await raw.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 101 "))
                let echoed = try await raw.readFrame()
                #expect(echoed?.payload == Array("hi".utf8))
            }
        }
    }

    @Test(
        "a refused client gets status, headers and body", arguments: [(401, "who are you"), (403, "{\"code\":\"FORBIDDEN\"}"), (503, "")])
    func rejected(status: Int, body: String) async throws {
        try await TestServer.with(decide: { request in
            .reject(status: .init(code: status), headers: [.contentType: "application/json"], body: body)
        }) { server in
            await #expect(throws: WebSocketError.rejected(status: status, body: body)) {
                try await WebSocketClient.connect(to: server.url)
            }
            try await RawConnection.with(port: server.port) { raw in
                try await raw.send(RawConnection.upgradeRequest)
                let answer = try await raw.readToEnd()
                #expect(answer.contains("connection: close\r\n"))
                #expect(answer.hasSuffix("\r\n\r\n" + body))
            }
        }
    }

    @Test("a request that is passed on is answered by the HTTP responder, and the connection ends")
    func passed() async throws {
        try await TestServer.with(decide: { _ in .pass }) { server in
            try await RawConnection.with(port: server.port) { raw in
                try await raw.send(RawConnection.upgradeRequest)
                let answer = try await raw.readToEnd()
                #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
                #expect(answer.hasSuffix("plain"))
            }
        }
    }

    @Test("an upgrade to something else is answered as plain HTTP, and the connection ends")
    func otherUpgrade() async throws {
        try await TestServer.accepting(run: WebSocketConnectionTests.echo) { server in
            try await RawConnection.with(port: server.port) { raw in
                try await raw.send(
                    "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n")
                let answer = try await raw.readToEnd()
                #expect(answer.hasSuffix("plain"))
                #expect(answer.contains("connection: close\r\n"))
            }
        }
    }

    @Test(
        "a malformed handshake is refused",
        arguments: [
            ("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 8", "426"),
            ("dGhlIHNhbXBsZSBub25jZQ==", "short", "400"),
            ("dGhlIHNhbXBsZSBub25jZQ==", "!!!!IHNhbXBsZSBub25jZQ==", "400"),
        ])
    func malformed(part: String, replacement: String, status: String) async throws {
        try await TestServer.accepting(run: WebSocketConnectionTests.echo) { server in
            try await RawConnection.with(port: server.port) { raw in
                let parts = RawConnection.upgradeRequest.split(separator: part, omittingEmptySubsequences: false)
                try await raw.send(parts.joined(separator: replacement))
                #expect(try await raw.readToEnd().hasPrefix("HTTP/1.1 \(status) "))
            }
        }
    }

    @Test(
        "a connection that doesn't finish its request in time is closed",
        arguments: ["", "GET / HT", "GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "])
    func slowLoris(start: String) async throws {
        try await TestServer.accepting(.init(idleTimeout: .milliseconds(150)), run: WebSocketConnectionTests.echo) { server in
            try await RawConnection.with(port: server.port) { raw in
                if !start.isEmpty {
                    try await raw.send(start)
                }
                let answer = try await raw.readToEnd()
                #expect(!answer.contains("200"))
            }
        }
    }

    @Test("a head over the limit is refused")
    func bigHead() async throws {
        try await TestServer.accepting(.init(maximumHeadSize: 4096), run: WebSocketConnectionTests.echo) { server in
            try await RawConnection.with(port: server.port) { raw in
                try await raw.send("GET / HTTP/1.1\r\nHost: a\r\nX-Big: " + String(repeating: "x", count: 8192) + "\r\n\r\n")
                #expect(try await raw.readToEnd().hasPrefix("HTTP/1.1 400 "))
            }
        }
    }
}
