import Testing

@testable import WebSocket

/// Both sides of a connection through the public API.
@Suite(.timeLimit(.minutes(1)))
struct WebSocketConnectionTests {
    /// Sends back what it gets.
    static let echo: TestServer.Run = { connection in
        for try await message in connection.messages {
            switch message {
            case .text(let text): try await connection.send(text: text)
            case .binary(let bytes): try await connection.send(binary: bytes)
            }
        }
    }

    @Test("messages of every size come back as they were sent", arguments: [0, 1, 125, 126, 65_535, 65_536, 1 << 20])
    func echoes(size: Int) async throws {
        try await TestServer.accepting(run: Self.echo) { server in
            let connection = try await WebSocketClient.connect(to: server.url)
            var messages = connection.messages.makeAsyncIterator()
            let bytes = [UInt8](repeating: 0xA5, count: size)
            try await connection.send(binary: bytes)
            #expect(try await messages.next() == .binary(bytes))
            let text = String(repeating: "x", count: size)
            try await connection.send(text: text)
            #expect(try await messages.next() == .text(text))
            await connection.close()
        }
    }

    @Test("text of all planes survives")
    func unicode() async throws {
        try await TestServer.accepting(run: Self.echo) { server in
            let connection = try await WebSocketClient.connect(to: server.url)
            var messages = connection.messages.makeAsyncIterator()
            let text = "a\u{0}é漢🚂\u{10FFFF}"
            try await connection.send(text: text)
            #expect(try await messages.next() == .text(text))
            await connection.close()
        }
    }

    @Test("a message over the limit ends the connection with 1009")
    func oversize() async throws {
        try await TestServer.accepting(run: Self.echo) { server in
            let connection = try await WebSocketClient.connect(to: server.url)
            try await connection.send(binary: [UInt8](repeating: 0, count: 1 << 20 + 1))
            #expect(await connection.closed().code == .messageTooBig)
        }
    }

    @Test("a client's limit holds for what the server sends")
    func oversizeForClient() async throws {
        try await TestServer.accepting(run: Self.echo) { server in
            let connection = try await WebSocketClient.connect(to: server.url, configuration: .init(maximumMessageSize: 100))
            try await connection.send(text: String(repeating: "x", count: 101))
            await #expect(throws: WebSocketError.self) {
                for try await _ in connection.messages {}
            }
            #expect(await connection.closed().code == .messageTooBig)
        }
    }

    @Test("the code and reason of a client's close reach the server")
    func clientCloses() async throws {
        let (closures, continuation) = AsyncStream.makeStream(of: WebSocketClosure.self)
        try await TestServer.accepting { connection in
            for try await _ in connection.messages {}
            continuation.yield(await connection.closed())
        } _: { server in
            let connection = try await WebSocketClient.connect(to: server.url)
            await connection.close(code: WebSocketCloseCode(rawValue: 4001), reason: "done")
            var iterator = closures.makeAsyncIterator()
            #expect(await iterator.next() == WebSocketClosure(code: WebSocketCloseCode(rawValue: 4001), reason: "done"))
            await #expect(throws: WebSocketError.self) { try await connection.send(text: "late") }
        }
    }

    @Test("when the server's closure returns, the client's messages end")
    func serverCloses() async throws {
        try await TestServer.accepting { connection in
            try await connection.send(text: "only")
        } _: { server in
            let connection = try await WebSocketClient.connect(to: server.url)
            var received: [WebSocketMessage] = []
            for try await message in connection.messages {
                received.append(message)
            }
            #expect(received == [.text("only")])
            #expect(await connection.closed() == WebSocketClosure(code: .normal))
        }
    }

    @Test("when the server's closure throws, the client is told 1011")
    func serverFails() async throws {
        struct Failure: Error {}
        try await TestServer.accepting { _ in
            throw Failure()
        } _: { server in
            let connection = try await WebSocketClient.connect(to: server.url)
            #expect(await connection.closed().code == .internalError)
        }
    }

    @Test("one message reaches 200 sockets")
    func broadcast() async throws {
        let hub = Hub()
        try await TestServer.accepting { connection in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let messages = await hub.subscribe()
                group.addTask { for await text in messages { try await connection.send(text: text) } }
                for try await _ in connection.messages {}
                group.cancelAll()
            }
        } _: { server in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<200 {
                    group.addTask {
                        let connection = try await WebSocketClient.connect(to: server.url)
                        var count = 0
                        for try await message in connection.messages {
                            guard message == .text("tick \(count)") else { break }
                            count += 1
                            if count == 10 { break }
                        }
                        await connection.close()
                        return count
                    }
                }
                await hub.waitForSubscribers(200)
                for number in 0..<10 {
                    await hub.publish("tick \(number)")
                }
                var total = 0
                for try await count in group {
                    total += count
                }
                #expect(total == 2_000)
            }
        }
    }

    @Test("a graceful stop of the server closes its WebSockets with 1001")
    func shutdown() async throws {
        try await TestServer.accepting(run: Self.echo) { server in
            let connections = try await [WebSocketClient.connect(to: server.url), WebSocketClient.connect(to: server.url)]
            try await server.stop()
            for connection in connections {
                #expect(await connection.closed().code == .goingAway)
            }
        }
    }

    @Test("the server's task is cancelled when its peer vanishes")
    func cancelsWhenPeerVanishes() async throws {
        let (events, continuation) = AsyncStream.makeStream(of: String.self)
        try await TestServer.accepting { _ in
            continuation.yield("open")
            await withTaskCancellationHandler {
                let (never, _) = AsyncStream.makeStream(of: Void.self)
                for await _ in never {}
            } onCancel: {
                continuation.yield("cancelled")
            }
        } _: { server in
            var iterator = events.makeAsyncIterator()
            try await RawConnection.with(port: server.port) { raw in
                _ = try await raw.upgrade()
                #expect(await iterator.next() == "open")
            }
            #expect(await iterator.next() == "cancelled")
        }
    }
}

private actor Hub {
    private var subscribers: [AsyncStream<String>.Continuation] = []
    private var waiter: (count: Int, continuation: CheckedContinuation<Void, Never>)?

    func subscribe() -> AsyncStream<String> {
        let (stream, continuation) = AsyncStream.makeStream(of: String.self)
        subscribers.append(continuation)
        if let waiter, subscribers.count >= waiter.count {
            waiter.continuation.resume()
            self.waiter = nil
        }
        return stream
    }

    func waitForSubscribers(_ count: Int) async {
        guard subscribers.count < count else { return }
        await withCheckedContinuation { waiter = (count, $0) }
    }

    func publish(_ text: String) {
        for subscriber in subscribers {
            subscriber.yield(text)
        }
    }
}
