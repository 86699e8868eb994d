/// Why the edge could not be started or changed.
public struct EdgeError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Stable, for programs.
    public enum Code: String, Sendable, Hashable {
        /// A host, endpoint, label or setting breaks the rules; nothing was changed.
        case invalid = "EDGE_INVALID"
        /// A newer revision is in place; nothing was changed.
        case oldRevision = "EDGE_OLD_REVISION"
        /// The edge's memory for routes or certificates is full; nothing was changed.
        case full = "EDGE_FULL"
        /// The edge doesn't answer; whether the change was made is not known, and it can be repeated.
        case unavailable = "EDGE_UNAVAILABLE"
        /// The edge's files are missing, or its folder cannot be used.
        case files = "EDGE_FILES"
        /// nginx refuses its configuration, or doesn't start.
        case startFailed = "EDGE_START_FAILED"
    }

    public var code: Code
    public var message: String
    /// What to do next.
    public var hint: String?

    public init(_ code: Code, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    public var description: String {
        "\(code.rawValue): \(message)" + (hint.map { " (\($0))" } ?? "")
    }
}
