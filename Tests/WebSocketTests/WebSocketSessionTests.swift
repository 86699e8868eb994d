import Testing

@testable import WebSocket

/// Frames that a proper client wouldn't send, or only sometimes.
@Suite(.timeLimit(.minutes(1)))
struct WebSocketSessionTests {
    struct Frame: Sendable, CustomTestStringConvertible {
        var name: String
        var opcode: UInt8
        var fin = true
        var masked = true
        var reserved: UInt8 = 0
        var payload: [UInt8] = []

        var testDescription: String { name }
    }

    @Test("fragments are joined, with a ping between them answered at once")
    func fragments() async throws {
        try await TestServer.accepting(run: WebSocketConnectionTests.echo) { server in
            try await RawConnection.with(port: server.port) { raw in
                _ = try await raw.upgrade()
                // The character é is cut in half.
                try await raw.send(opcode: 1, fin: false, Array("caf".utf8) + [0xC3])
                try await raw.send(opcode: 9, Array("beat".utf8))
                try await raw.send(opcode: 0, fin: false, [])
                try await raw.send(opcode: 0, [0xA9])
                let pong = try await raw.readFrame()
                #expect(pong?.first == 0x8A)
                #expect(pong?.payload == Array("beat".utf8))
                let message = try await raw.readFrame()
                #expect(message?.first == 0x81)
                #expect(message?.payload == Array("café".utf8))
            }
        }
    }

    @Test(
        "what breaks the protocol ends the connection with the right code",
        arguments: [
            (Frame(name: "unmasked", opcode: 1, masked: false, payload: [0x61]), 1002),
            (Frame(name: "reserved bit", opcode: 1, reserved: 0x40, payload: [0x61]), 1002),
            (Frame(name: "unknown opcode", opcode: 3), 1002),
            (Frame(name: "unknown control opcode", opcode: 0xB), 1002),
            (Frame(name: "continuation of nothing", opcode: 0, payload: [0x61]), 1002),
            (Frame(name: "fragmented ping", opcode: 9, fin: false), 1002),
            (Frame(name: "long ping", opcode: 9, payload: [UInt8](repeating: 0, count: 126)), 1002),
            (Frame(name: "text that isn't UTF-8", opcode: 1, payload: [0x61, 0xFF]), 1007),
            (Frame(name: "surrogate half", opcode: 1, payload: [0xED, 0xA0, 0x80]), 1007),
            (Frame(name: "close of one byte", opcode: 8, payload: [3]), 1002),
            (Frame(name: "close code 1005", opcode: 8, payload: [3, 0xED]), 1002),
            (Frame(name: "close code 0", opcode: 8, payload: [0, 0]), 1002),
            (Frame(name: "close reason that isn't UTF-8", opcode: 8, payload: [3, 0xE8, 0xFF]), 1007),
            (Frame(name: "close without a code", opcode: 8), 1005),
            (Frame(name: "close", opcode: 8, payload: [3, 0xE8] + Array("bye".utf8)), 1000),
            (Frame(name: "close with an application's code", opcode: 8, payload: [0x0F, 0xA1]), 4001),
        ])
    func violations(frame: Frame, code: Int) async throws {
        try await TestServer.accepting(run: WebSocketConnectionTests.echo) { server in
            try await RawConnection.with(port: server.port) { raw in
                _ = try await raw.upgrade()
                try await raw.send(opcode: frame.opcode, fin: frame.fin, masked: frame.masked, reserved: frame.reserved, frame.payload)
                #expect(try await raw.readCloseCode() == code)
                let rest = try await raw.readFrame()
                #expect(rest == nil)
            }
        }
    }

    @Test("a new message inside another is refused")
    func interleaved() async throws {
        try await TestServer.accepting(run: WebSocketConnectionTests.echo) { server in
            try await RawConnection.with(port: server.port) { raw in
                _ = try await raw.upgrade()
                try await raw.send(opcode: 1, fin: false, [0x61])
                try await raw.send(opcode: 1, [0x62])
                #expect(try await raw.readCloseCode() == 1002)
            }
        }
    }

    @Test("fragments that add up to more than the limit end with 1009")
    func oversizeFragments() async throws {
        try await TestServer.accepting(.init(webSocket: .init(maximumMessageSize: 1000)), run: WebSocketConnectionTests.echo) { server in
            try await RawConnection.with(port: server.port) { raw in
                _ = try await raw.upgrade()
                try await raw.send(opcode: 2, fin: false, [UInt8](repeating: 0, count: 600))
                try await raw.send(opcode: 0, fin: false, [UInt8](repeating: 0, count: 600))
                #expect(try await raw.readCloseCode() == 1009)
            }
        }
    }

    @Test("a frame that claims to be enormous ends with 1009 before any of it is stored")
    func enormousFrame() async throws {
        try await TestServer.accepting(run: WebSocketConnectionTests.echo) { server in
            try await RawConnection.with(port: server.port) { raw in
                _ = try await raw.upgrade()
                try await raw.send([0x82, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0])
                #expect(try await raw.readCloseCode() == 1009)
            }
        }
    }

    @Test("a client that doesn't answer the close frame is cut after the time-out")
    func unansweredClose() async throws {
        try await TestServer.accepting(.init(webSocket: .init(closeTimeout: .milliseconds(150)))) { _ in
        } _: { server in
            try await RawConnection.with(port: server.port) { raw in
                _ = try await raw.upgrade()
                #expect(try await raw.readCloseCode() == 1000)
                let rest = try await raw.readFrame()
                #expect(rest == nil)
            }
        }
    }
}
