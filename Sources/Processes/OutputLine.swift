/// One line that a program wrote.
public struct OutputLine: Sendable, Hashable {
    public enum Stream: Sendable, Hashable {
        case output
        case error
    }

    public var stream: Stream
    /// Without the line end; at most 16 KiB, longer lines come in pieces.
    public var text: String

    public init(stream: Stream, text: String) {
        self.stream = stream
        self.text = text
    }
}
