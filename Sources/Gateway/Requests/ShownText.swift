/// Text from a request, made fit for a message: short, and without what could disturb a terminal or a log.
struct ShownText: CustomStringConvertible {
    let description: String

    init(_ text: String) {
        let visible = text.unicodeScalars.prefix(64).map { $0.isASCII && $0.value >= 0x20 && $0.value != 0x7F ? Character($0) : "?" }
        description = String(visible) + (text.unicodeScalars.count > 64 ? "..." : "")
    }
}
