import NIOCore

/// The two directions of a command that runs with a terminal.
public struct ExecStream: Sendable {
    /// What it prints; ends with the command. For one reader.
    public let output: any AsyncSequence<[UInt8], any Error> & Sendable
    let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>

    public func write(_ bytes: [UInt8]) async throws {
        do {
            try await outbound.write(ByteBuffer(bytes: bytes))
        } catch {
            try Task.checkCancellation()
            throw EngineError(.unreachable, "the terminal is closed")
        }
    }
}
