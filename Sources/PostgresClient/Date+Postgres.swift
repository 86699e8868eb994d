public import FoundationEssentials

/// timestamptz, with PostgreSQL's precision of microseconds.
extension Date: PostgresEncodable, PostgresDecodable, PostgresArrayElement {
    private static let secondsFrom1970To2001 = 978_307_200

    public var postgresValue: PostgresValue {
        let seconds = timeIntervalSinceReferenceDate
        guard seconds.isFinite else { return .text(seconds < 0 ? "-infinity" : seconds > 0 ? "infinity" : "NaN") }
        let whole = seconds.rounded(.down)
        // Beyond PostgreSQL's own range (4713 BC to 294276) there is nothing to keep apart.
        guard abs(whole) < 1e13 else { return .text(seconds < 0 ? "-infinity" : "infinity") }
        let microseconds = Int(((seconds - whole) * 1e6).rounded())
        let total = Int(whole) + Self.secondsFrom1970To2001 + microseconds / 1_000_000
        let days = total >= 0 ? total / 86400 : (total - 86399) / 86400
        let second = total - days * 86400
        let day = CivilDay(daysSince1970: days)
        let year = day.year > 0 ? day.year : 1 - day.year
        let time = [second / 3600, second / 60 % 60, second % 60].map { padded($0, 2) }.joined(separator: ":")
        let date = "\(padded(year, 4))-\(padded(day.month, 2))-\(padded(day.day, 2))"
        return .text("\(date) \(time).\(padded(microseconds % 1_000_000, 6))+00\(day.year > 0 ? "" : " BC")")
    }

    /// Reads what PostgreSQL writes for timestamptz, timestamp (taken as UTC) and date, in its ISO style.
    public init?(postgresText text: String) {
        if text == "infinity" || text == "-infinity" {
            self.init(timeIntervalSinceReferenceDate: text == "infinity" ? .infinity : -.infinity)
            return
        }
        var scanner = TimestampScanner(text)
        guard let seconds = scanner.secondsSince1970() else { return nil }
        self.init(timeIntervalSinceReferenceDate: Double(seconds.whole - Self.secondsFrom1970To2001) + Double(seconds.microseconds) / 1e6)
    }
}

private func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

/// A day of the Gregorian calendar, extended to all years; the year before 1 is 0.
struct CivilDay: Equatable {
    var year: Int
    var month: Int
    var day: Int

    /// Counts in eras of 400 years that begin on 1 March, so that the leap day is the last of its year.
    init(daysSince1970 days: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    var daysSince1970: Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
