import FoundationEssentials
import Resources

/// A line on its way into the table: clean text, no position yet.
struct LogEntry: Hashable, Sendable {
    var origin: LogOrigin
    var kind: LogKind
    var replica: Int?
    var time: Date
    var level: LogLevel
    var text: String
}
