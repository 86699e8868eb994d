/// Text from a request, made fit for a message: short, and without what could disturb a terminal or a log.
struct ShownText: CustomStringConvertible {
    let description: String

    /// - Parameter limit: Characters that are shown of it.
    init(_ text: String, limit: Int = 64) {
        let visible = text.unicodeScalars.prefix(limit).map { $0.isASCII && $0.value >= 0x20 && $0.value != 0x7F ? Character($0) : "?" }
        description = String(visible) + (text.unicodeScalars.dropFirst(limit).isEmpty ? "" : "...")
    }
}
