import Dispatch
import Glibc

/// What a command reads: a person at a terminal, or whatever is piped in.
struct StandardInput: Sendable {
    var isTerminal: Bool
    /// The next line without its end; nil at the end of the input.
    var readLine: @Sendable () -> String?
    /// A line that isn't shown while it is typed.
    var readHiddenLine: @Sendable () -> String?
    /// All that is left, at most 16 MiB.
    var readAll: @Sendable () -> [UInt8]
    /// What comes, as it comes, until the end of the input.
    var chunks: @Sendable () -> AsyncStream<[UInt8]>

    static func process() -> StandardInput {
        StandardInput(
            isTerminal: isatty(0) == 1,
            readLine: { Swift.readLine() },
            readHiddenLine: {
                TerminalMode.withoutEcho { Swift.readLine() }
            },
            readAll: {
                var bytes: [UInt8] = []
                while bytes.count < 16 << 20, let part = readPart(), !part.isEmpty { bytes += part }
                return bytes
            },
            chunks: {
                let (stream, continuation) = AsyncStream.makeStream(of: [UInt8].self)
                // A thread of its own: a read from a terminal blocks until somebody types.
                DispatchQueue(label: "yard.input").async {
                    while let part = readPart(), !part.isEmpty { continuation.yield(part) }
                    continuation.finish()
                }
                return stream
            })
    }

    private static func readPart() -> [UInt8]? {
        var result = 0
        let part = [UInt8](unsafeUninitializedCapacity: 1 << 14) { buffer, count in
            repeat { result = read(0, buffer.baseAddress, buffer.count) } while result < 0 && errno == EINTR
            count = max(0, result)
        }
        return result < 0 ? nil : part
    }
}
