/// How a program ended.
public enum Exit: Sendable, Hashable, CustomStringConvertible {
    case exited(Int)
    case signaled(Int)

    public var isSuccess: Bool {
        self == .exited(0)
    }

    public var description: String {
        switch self {
        case .exited(let code): "exited with code \(code)"
        case .signaled(let signal): "ended by signal \(signal)"
        }
    }
}

/// A program that ended, and what it wrote.
public struct Finished: Sendable {
    public var exit: Exit
    /// Standard output, at most the caller's limit; bytes that are not UTF-8 are replaced.
    public var output: String
    /// Standard error, at most the caller's limit.
    public var errorOutput: String
    /// Whether more was written than was kept.
    public var isTruncated: Bool

    public init(exit: Exit, output: String, errorOutput: String, isTruncated: Bool = false) {
        self.exit = exit
        self.output = output
        self.errorOutput = errorOutput
        self.isTruncated = isTruncated
    }

    public var isSuccess: Bool {
        exit.isSuccess
    }
}
