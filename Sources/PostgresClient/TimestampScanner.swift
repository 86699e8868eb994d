/// Reads `2026-11-22 23:41:00.123456+05:30 BC`, where everything behind the day may be missing.
struct TimestampScanner {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = text[...].utf8
    }

    mutating func secondsSince1970() -> (whole: Int, microseconds: Int)? {
        guard let year = number(), skip("-"), let month = number(), skip("-"), let day = number() else { return nil }
        guard (1...12).contains(month), (1...31).contains(day), year <= 300_000 else { return nil }
        var seconds = 0
        var microseconds = 0
        if skip(" ") {
            // An era may follow a date directly.
            if skip("BC") { return rest.isEmpty ? result(1 - year, month, day, 0, 0) : nil }
            guard let hour = number(), skip(":"), let minute = number(), skip(":"), let second = number() else { return nil }
            guard hour <= 24, minute < 60, second <= 60 else { return nil }
            seconds = hour * 3600 + minute * 60 + second
            if skip(".") {
                guard let fraction = fraction() else { return nil }
                microseconds = fraction
            }
            guard let offset = offset() else { return nil }
            seconds -= offset
        }
        let isBeforeChrist = skip(" BC")
        guard rest.isEmpty else { return nil }
        return result(isBeforeChrist ? 1 - year : year, month, day, seconds, microseconds)
    }

    private func result(_ year: Int, _ month: Int, _ day: Int, _ seconds: Int, _ microseconds: Int) -> (whole: Int, microseconds: Int) {
        (CivilDay(year: year, month: month, day: day).daysSince1970 * 86400 + seconds, microseconds)
    }

    /// Seconds east of Greenwich; 0 when there is none, nil when it is malformed.
    private mutating func offset() -> Int? {
        let sign: Int
        if skip("+") {
            sign = 1
        } else if skip("-") {
            sign = -1
        } else {
            return 0
        }
        guard let hours = number(), hours < 100 else { return nil }
        var seconds = hours * 3600
        for unit in [60, 1] where skip(":") {
            guard let value = number(), value < 60 else { return nil }
            seconds += value * unit
        }
        return sign * seconds
    }

    private mutating func skip(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { expected in
            guard rest.starts(with: expected) else { return false }
            rest.removeFirst(expected.count)
            return true
        }
    }

    private mutating func number() -> Int? {
        let digits = rest.prefix { UInt8(ascii: "0") <= $0 && $0 <= UInt8(ascii: "9") }
        guard (1...9).contains(digits.count) else { return nil }
        rest.removeFirst(digits.count)
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    /// Up to six digits behind the point, as microseconds.
    private mutating func fraction() -> Int? {
        let digits = rest.prefix { UInt8(ascii: "0") <= $0 && $0 <= UInt8(ascii: "9") }.count
        guard (1...6).contains(digits), var value = number() else { return nil }
        for _ in digits..<6 { value *= 10 }
        return value
    }
}
