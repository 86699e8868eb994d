/// The text format of one-dimensional arrays: `{a,"b c",NULL}`.
enum ArrayText {
    static func write(_ elements: [PostgresValue]) -> String {
        var bytes: [UInt8] = [UInt8(ascii: "{")]
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            switch element {
            case .null: bytes += "NULL".utf8
            case .text(let text): append(text.utf8, to: &bytes)
            case .bytes(let value): append(ByteaText.write(value).utf8, to: &bytes)
            }
        }
        bytes.append(UInt8(ascii: "}"))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Nil when the text is no array of one dimension; an element is nil for NULL.
    static func read(_ text: String) -> [String?]? {
        var rest = Array(text.utf8)[...]
        guard rest.popFirst() == UInt8(ascii: "{"), rest.popLast() == UInt8(ascii: "}") else { return nil }
        var elements: [String?] = []
        guard !rest.isEmpty else { return elements }
        while true {
            guard let element = readElement(&rest) else { return nil }
            elements.append(element)
            guard let separator = rest.popFirst() else { return elements }
            guard separator == UInt8(ascii: ",") else { return nil }
        }
    }

    private static func append(_ text: some Sequence<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// The outer nil: it is malformed; the inner one: NULL.
    private static func readElement(_ rest: inout ArraySlice<UInt8>) -> String?? {
        var bytes: [UInt8] = []
        let isQuoted = rest.first == UInt8(ascii: "\"")
        if isQuoted { rest.removeFirst() }
        while let byte = rest.first {
            if isQuoted ? byte == UInt8(ascii: "\"") : byte == UInt8(ascii: ",") { break }
            if !isQuoted, byte == UInt8(ascii: "{") { return .none }
            rest.removeFirst()
            if byte == UInt8(ascii: "\\") {
                guard let escaped = rest.popFirst() else { return .none }
                bytes.append(escaped)
            } else {
                bytes.append(byte)
            }
        }
        if isQuoted, rest.popFirst() == nil { return .none }
        let text = String(decoding: bytes, as: UTF8.self)
        return .some(!isQuoted && text == "NULL" ? nil : text)
    }
}
