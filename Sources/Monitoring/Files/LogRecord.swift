/// What an engine says about one piece of a container's output.
struct LogRecord: Hashable, Sendable {
    enum Stream: String, Codable, Sendable {
        case output = "stdout"
        case error = "stderr"
    }

    var time: LogTimestamp
    var stream: Stream
    /// Whether the line goes on in the stream's next record.
    var isPartial: Bool
}
