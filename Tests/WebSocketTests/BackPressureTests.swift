import Testing

@testable import WebSocket

/// What waits for a slow reader is bounded, and a reader that stands still is cut.
@Suite(.timeLimit(.minutes(1)))
struct BackPressureTests {
    private static let impatient = WebSocketConfiguration(pingInterval: .seconds(30), stalledWriteTimeout: .milliseconds(300))
    private static let message = [UInt8](repeating: 7, count: 256 << 10)

    @Test("a sender is held back by a reader that doesn't read, and gets through when it does")
    func heldBack() async throws {
        let progress = Progress()
        try await TestServer.accepting { connection in
            for _ in 0..<200 {
                try await connection.send(binary: Self.message)
                await progress.step()
            }
        } _: { server in
            let connection = try await WebSocketClient.connect(to: server.url)
            // 16 messages in the queue and a few MiB in the kernel's buffers: far fewer than 200 get through.
            let stalledAt = await progress.untilStalled()
            #expect(stalledAt > 0)
            #expect(stalledAt < 150)
            var count = 0
            for try await _ in connection.messages {
                count += 1
            }
            #expect(count == 200)
        }
    }

    @Test("a server cuts a client that never reads")
    func slowClient() async throws {
        let (failures, continuation) = AsyncStream.makeStream(of: Bool.self)
        try await TestServer.accepting(.init(webSocket: Self.impatient)) { connection in
            do {
                while true {
                    try await connection.send(binary: Self.message)
                }
            } catch {
                continuation.yield(true)
            }
        } _: { server in
            let connection = try await WebSocketClient.connect(to: server.url)
            var iterator = failures.makeAsyncIterator()
            #expect(await iterator.next() == true)
            await connection.close()
        }
    }

    @Test("a peer that answers no ping is taken for gone")
    func deadPeer() async throws {
        let (closures, continuation) = AsyncStream.makeStream(of: WebSocketClosure.self)
        try await TestServer.accepting(.init(webSocket: .init(pingInterval: .milliseconds(100)))) { connection in
            continuation.yield(await connection.closed())
        } _: { server in
            try await RawConnection.with(port: server.port) { raw in
                _ = try await raw.upgrade()
                var iterator = closures.makeAsyncIterator()
                let closure = await iterator.next()
                #expect(closure?.code == .abnormal)
            }
        }
    }

    @Test("pings keep a quiet connection open")
    func keepsAlive() async throws {
        try await TestServer.accepting(
            .init(idleTimeout: .milliseconds(2200), webSocket: .init(pingInterval: .seconds(2))), run: WebSocketConnectionTests.echo
        ) { server in
            try await RawConnection.with(port: server.port) { raw in
                _ = try await raw.upgrade()
                for _ in 0..<6 {
                    let ping = try await raw.readFrame()
                    #expect(ping?.first == 0x89)
                    try await raw.send(opcode: 0xA, ping?.payload ?? [])
                }
                try await raw.send(opcode: 1, Array("still here".utf8))
                var answer = try await raw.readFrame()
                while answer?.first == 0x89 {
                    answer = try await raw.readFrame()
                }
                #expect(answer?.payload == Array("still here".utf8))
            }
        }
    }
}

private actor Progress {
    private var count = 0

    func step() {
        count += 1
    }

    /// The count once it stood still over ten looks, 20 ms apart.
    func untilStalled() async -> Int {
        var last = -1
        var looks = 0
        while looks < 10 {
            looks = last == count ? looks + 1 : 0
            last = count
            try? await Task.sleep(for: .milliseconds(20))
        }
        return count
    }
}
