import Resources

/// A line that is a JSON object with a level or a message, as structured loggers write it: its level counts, and its message is
/// the text, followed by the other members as `key=value`.
struct StructuredLine: Equatable {
    var level: LogLevel?
    var text: String

    /// Nil when the line isn't such an object.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.first == UInt8(ascii: "{") else { return nil }
        var level: LogLevel?
        var message: String?
        var rest = ""
        var scanner = JSONObjectScanner(bytes)
        let isObject = scanner.scan { key, value in
            let name = String(decoding: key, as: UTF8.self)
            switch (name, value) {
            case ("level", let value), ("severity", let value), ("lvl", let value):
                level = level ?? LogLevel(loggerName: Self.text(of: value, in: bytes))
                if level == nil { rest += " \(name)=\(Self.text(of: value, in: bytes))" }
            case ("message", .string(let text)) where message == nil, ("msg", .string(let text)) where message == nil:
                message = String(decoding: text, as: UTF8.self)
            case ("time", _), ("timestamp", _), ("ts", _), ("@timestamp", _):
                // The engine's time is kept for each line already.
                break
            default:
                rest += " \(name)=\(Self.text(of: value, in: bytes))"
            }
        }
        guard isObject, level != nil || message != nil else { return nil }
        self.level = level
        text = LogText.clean((message ?? "") + (message == nil ? String(rest.dropFirst()) : rest))
    }

    private static func text(of value: JSONObjectScanner.Value, in bytes: UnsafeRawBufferPointer) -> String {
        switch value {
        case .string(let text): String(decoding: text, as: UTF8.self)
        case .other(let range): String(decoding: bytes[range], as: UTF8.self)
        }
    }
}
