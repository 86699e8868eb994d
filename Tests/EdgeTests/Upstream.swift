import Edge
import NIOCore
import NIOPosix
import Synchronization
import Testing

/// A small application server, which speaks just enough HTTP to see what the edge does. What it does depends on the path.
final class Upstream: Sendable {
    let name: String
    let port: Int
    private let state = Mutex(State())

    struct State {
        /// "POST /path" for each request whose headers were read.
        var requests: [String] = []
        /// Of request bodies, as they arrive.
        var bodyBytes = 0
        /// Whether `/events` may send its second event.
        var isReleased = false
    }

    private typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    private init(name: String, port: Int) {
        self.name = name
        self.port = port
    }

    var requests: [String] { state.withLock { $0.requests } }
    var bodyBytes: Int { state.withLock { $0.bodyBytes } }

    func release() {
        state.withLock { $0.isReleased = true }
    }

    /// Serves while the body runs; then its port refuses connections and those that are open are closed.
    static func with<Value: Sendable>(_ name: String, port: Int = 0, _ body: @Sendable (Upstream) async throws -> Value) async throws
        -> Value
    {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // Large pieces, so that an upload isn't slowed down by a turn of the scheduler for each.
            .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 256 << 10))
            .bind(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture { try Connection(wrappingChannelSynchronously: channel) }
            }
        let upstream = Upstream(name: name, port: try #require(server.channel.localAddress?.port))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try? await server.executeThenClose { connections in
                    try await withThrowingDiscardingTaskGroup { group in
                        for try await connection in connections {
                            group.addTask { try? await upstream.serve(connection) }
                        }
                    }
                }
            }
            let value: Value
            do {
                value = try await body(upstream)
            } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
            try await group.waitForAll()
            return value
        }
    }

    private func serve(_ connection: Connection) async throws {
        try await connection.executeThenClose { inbound, outbound in
            var input = Input(iterator: inbound.makeAsyncIterator())
            while let head = try await input.head() {
                state.withLock { $0.requests.append(head.line) }
                guard try await answer(head, &input, outbound) else { return }
            }
        }
    }

    /// Returns whether the connection goes on.
    private func answer(
        _ head: Input.Head, _ input: inout Input, _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) async throws -> Bool {
        func send(_ text: String) async throws { try await outbound.write(ByteBuffer(string: text)) }
        func reply(_ body: String, _ headers: String = "") async throws {
            try await send("HTTP/1.1 200 OK\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        }
        switch head.path {
        case "/close":
            return false
        case "/hang":
            try await Task.sleep(for: .seconds(60))
            return false
        case "/socket":
            try await send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
            while let text = try await input.next() { try await send(text) }
            return false
        case "/events":
            try await send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n")
            while !state.withLock({ $0.isReleased }) { try await Task.sleep(for: .milliseconds(5)) }
            try await send("9\r\ndata: 2\n\n\r\n0\r\n\r\n")
        case "/head":
            try await reply(head.text)
        case "/spoof":
            try await reply(name, "X-Switchyard-Error: SPOOFED\r\nX-Switchyard-Deployment: spoofed\r\n")
        default:
            try await input.body(head) { count in state.withLock { $0.bodyBytes += count } }
            try await reply(name)
        }
        return true
    }
}

/// The bytes of one connection, cut into requests.
private struct Input {
    struct Head {
        var text: String
        var line: String { text.split(separator: " ").prefix(2).joined(separator: " ") }
        var path: Substring { text.split(separator: " ")[1].prefix { $0 != "?" } }

        func value(_ name: String) -> String? {
            for line in text.split(separator: "\r\n") where line.lowercased().hasPrefix(name + ": ") {
                return String(line.dropFirst(name.count + 2))
            }
            return nil
        }
    }

    var iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    var buffer = ByteBuffer()

    mutating func next() async throws -> String? {
        if buffer.readableBytes > 0 { return buffer.readString(length: buffer.readableBytes) }
        return try await iterator.next().map { String(buffer: $0) }
    }

    mutating func head() async throws -> Head? {
        while true {
            let bytes = Array(buffer.readableBytesView)
            if let end = bytes.firstEnd() {
                return buffer.readString(length: end).map { Head(text: $0) }
            }
            guard let more = try await iterator.next() else { return nil }
            buffer.writeImmutableBuffer(more)
        }
    }

    /// Reads a body of known length, or a chunked one to its last chunk.
    mutating func body(_ head: Head, _ count: (Int) -> Void) async throws {
        if let length = head.value("content-length").flatMap({ Int($0) }) {
            var rest = length
            while rest > 0 {
                if buffer.readableBytes == 0 {
                    guard let more = try await iterator.next() else { return }
                    buffer = more
                }
                let size = min(rest, buffer.readableBytes)
                buffer.moveReaderIndex(forwardBy: size)
                rest -= size
                count(size)
            }
        } else if head.value("transfer-encoding") != nil {
            var tail: [UInt8] = []
            while !tail.elementsEqual("0\r\n\r\n".utf8) {
                if buffer.readableBytes == 0 {
                    guard let more = try await iterator.next() else { return }
                    buffer = more
                }
                let size = min(5, buffer.readableBytes)
                tail = (tail + (buffer.getBytes(at: buffer.writerIndex - size, length: size) ?? [])).suffix(5)
                count(buffer.readableBytes)
                buffer.clear()
            }
        }
    }
}

extension [UInt8] {
    /// Behind the empty line that ends a request's headers.
    fileprivate func firstEnd() -> Int? {
        guard count >= 4 else { return nil }
        for index in 0...(count - 4) where self[index] == 13 && self[index + 1] == 10 && self[index + 2] == 13 && self[index + 3] == 10 {
            return index + 4
        }
        return nil
    }
}

extension Upstream {
    /// How the edge reaches it.
    func endpoint(deployment: String = "") throws -> Endpoint {
        try Endpoint(address: "127.0.0.1", port: port, deployment: deployment)
    }
}
