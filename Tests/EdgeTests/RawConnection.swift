import NIOCore
import NIOPosix
import Testing

/// A TCP connection that sends exactly the bytes it is given.
struct RawConnection {
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private(set) var received = ""

    static func with<Value: Sendable>(port: Int, _ body: @Sendable (inout RawConnection) async throws -> Value) async throws -> Value {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup).connect(host: "127.0.0.1", port: port) {
            channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
        return try await channel.executeThenClose { inbound, outbound in
            var connection = RawConnection(inbound: inbound.makeAsyncIterator(), outbound: outbound)
            return try await body(&connection)
        }
    }

    func send(_ text: String) async throws {
        try await outbound.write(ByteBuffer(string: text))
    }

    /// Reads until what was received holds the text, or the other side closes; returns all that was received.
    mutating func read(until text: String) async throws -> String {
        while !received.contains(text), let buffer = try await inbound.next() {
            received += String(buffer: buffer)
        }
        return received
    }

    /// Reads until the other side closes.
    mutating func readToEnd() async -> String {
        while let buffer = try? await inbound.next() {
            received += String(buffer: buffer)
        }
        return received
    }
}
