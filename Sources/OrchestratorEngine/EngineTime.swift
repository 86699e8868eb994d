import FoundationEssentials

/// Times as engines write them: RFC 3339 with up to nine digits of a second's fraction.
enum EngineTime {
    /// Nil for what isn't a time, and for the year 1, by which engines mean never.
    static func date(_ text: String) -> Date? {
        var whole = Substring(text)
        var fraction = 0.0
        if let point = text.firstIndex(of: ".") {
            let digits = text[text.index(after: point)...].prefix { $0.isNumber }
            fraction = Double("0." + digits) ?? 0
            whole = text[..<point] + text[digits.endIndex...]
        }
        guard let date = try? Date(String(whole), strategy: .iso8601), date.timeIntervalSince1970 > 0 else { return nil }
        return date.addingTimeInterval(fraction)
    }

    static func date(nanoseconds: Int64) -> Date {
        Date(timeIntervalSince1970: Double(nanoseconds) / 1_000_000_000)
    }
}
