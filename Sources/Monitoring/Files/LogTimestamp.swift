import FoundationEssentials

/// An RFC 3339 time as engines write it: `2026-11-22T23:00:00.123456789+00:00` or `…Z`.
struct LogTimestamp: Hashable, Sendable {
    /// Bytes up to the second: lines with the same prefix belong to the same second.
    static let prefixLength = 19

    /// Unix time.
    var second: Int64
    var nanoseconds: Int64

    var date: Date {
        Date(timeIntervalSince1970: Double(second) + Double(nanoseconds) / 1e9)
    }

    /// Reads the whole of `bytes`; nil when they are no time.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= Self.prefixLength + 1, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let year = Self.number(bytes, 0, 4), let month = Self.number(bytes, 5, 2), let day = Self.number(bytes, 8, 2),
            let hour = Self.number(bytes, 11, 2), let minute = Self.number(bytes, 14, 2), let second = Self.number(bytes, 17, 2),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        var position = Self.prefixLength
        var nanoseconds: Int64 = 0
        if bytes[position] == UInt8(ascii: ".") {
            position += 1
            var scale: Int64 = 100_000_000
            while position < bytes.count, let digit = Self.digit(bytes[position]) {
                nanoseconds += digit * scale
                scale /= 10
                position += 1
            }
        }
        guard let offset = Self.offset(bytes, at: position) else { return nil }
        self.second = Self.days(year: year, month: month, day: day) * 86_400 + hour * 3_600 + minute * 60 + second - offset
        self.nanoseconds = nanoseconds
    }

    /// Seconds east of Greenwich.
    private static func offset(_ bytes: UnsafeRawBufferPointer, at position: Int) -> Int64? {
        guard position < bytes.count else { return nil }
        let sign = bytes[position]
        if sign == UInt8(ascii: "Z") { return position + 1 == bytes.count ? 0 : nil }
        guard position + 6 == bytes.count, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
            let hours = number(bytes, position + 1, 2), let minutes = number(bytes, position + 4, 2)
        else { return nil }
        return (hours * 3_600 + minutes * 60) * (sign == UInt8(ascii: "-") ? -1 : 1)
    }

    private static func number(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ count: Int) -> Int64? {
        var value: Int64 = 0
        for index in start..<start + count {
            guard let digit = digit(bytes[index]) else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    private static func digit(_ byte: UInt8) -> Int64? {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") ? Int64(byte - UInt8(ascii: "0")) : nil
    }

    /// Days since 1970-01-01 in the Gregorian calendar, counting years from March so that the leap day comes last.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
