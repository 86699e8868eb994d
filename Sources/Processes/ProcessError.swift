/// Why a program could not be run to its end.
public struct ProcessError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: String, Sendable, Hashable {
        /// The command cannot be handed to the kernel.
        case invalid
        /// There is no such program.
        case notFound
        /// The kernel refused to start it.
        case spawnFailed
        /// It ran longer than allowed and was ended.
        case timedOut
        /// The task that waited for it was cancelled; it was ended.
        case cancelled
        /// It runs, but its state could not be read or changed.
        case controlFailed
    }

    public var code: Code
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String {
        "\(code.rawValue): \(message)"
    }
}
