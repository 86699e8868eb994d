import NIOCore
import NIOPosix

/// HTTP written by hand, for requests that no client would send.
enum RawHTTP {
    typealias Writer = NIOAsyncChannelOutboundWriter<ByteBuffer>

    /// Connects, lets `body` write, and returns what the server answered up to its close, or nothing when it shall not wait.
    static func exchange(port: Int, waits: Bool = true, _ body: @escaping @Sendable (Writer) async throws -> Void) async throws -> String {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(host: "127.0.0.1", port: port) {
            channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
        return try await channel.executeThenClose { inbound, outbound in
            try await body(outbound)
            var answer = ""
            guard waits else { return answer }
            do {
                for try await buffer in inbound {
                    answer += String(buffer: buffer)
                }
            } catch {
                // Reset by the server, which had said all by then.
            }
            return answer
        }
    }

    static func chunk(_ buffer: ByteBuffer) -> ByteBuffer {
        var chunk = ByteBuffer(string: String(buffer.readableBytes, radix: 16) + "\r\n")
        chunk.writeImmutableBuffer(buffer)
        chunk.writeString("\r\n")
        return chunk
    }
}
