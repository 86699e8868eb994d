import Resources

/// Hands lines on as they come and remembers the last ones, for the message of a failure.
actor StepLog {
    private static let remembered = 20
    private let onLine: @Sendable (LogLevel, String) async -> Void
    private(set) var lines: [String] = []

    init(_ onLine: @escaping @Sendable (LogLevel, String) async -> Void) {
        self.onLine = onLine
    }

    func append(_ level: LogLevel, _ text: String) async {
        lines.append(text)
        if lines.count > Self.remembered { lines.removeFirst() }
        await onLine(level, text)
    }

    /// The last line that says something, cut to fit a message.
    var tail: String {
        String(lines.last { !$0.trimmed.isEmpty }?.prefix(300) ?? "it wrote nothing")
    }
}
