import FoundationEssentials
import Glibc

/// Times and sizes for people, and how people write them.
enum Measures {
    /// `420 ms`, `2.4 s`, `3 min 5 s`.
    static func duration(milliseconds: Int) -> String {
        switch milliseconds {
        case ..<1000: "\(milliseconds) ms"
        case ..<60_000: "\(milliseconds / 1000).\(milliseconds % 1000 / 100) s"
        default: "\(milliseconds / 60_000) min \(milliseconds % 60_000 / 1000) s"
        }
    }

    static func duration(_ duration: Duration) -> String {
        self.duration(milliseconds: Int(duration / .milliseconds(1)))
    }

    /// `512 MiB`, `1.5 GiB`.
    static func size(_ bytes: Int64) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var tenths = bytes * 10
        var unit = 0
        while tenths >= 10_240, unit < units.count - 1 {
            tenths /= 1024
            unit += 1
        }
        return tenths % 10 == 0 || unit == 0 ? "\(tenths / 10) \(units[unit])" : "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }

    /// Bytes from `536870912`, `512M`, `512MB`, `1.5GiB`; the units are powers of 1024.
    static func bytes(_ text: String) -> Int? {
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        var unit = text.dropFirst(number.count).trimmingPrefix { $0 == " " }.uppercased()
        if unit.hasSuffix("IB") { unit.removeLast(2) } else if unit.hasSuffix("B") { unit.removeLast() }
        guard let value = Double(number), let power = ["", "K", "M", "G", "T"].firstIndex(of: unit) else { return nil }
        let result = value * Double(1 << (10 * power))
        return result >= 0 && result < Double(1 << 60) ? Int(result) : nil
    }

    /// `3 s ago`, `2 h ago`, `5 d ago`.
    static func age(of date: Date, now: Date = Date()) -> String {
        let seconds = max(0, Int(now.timeIntervalSince(date)))
        return switch seconds {
        case ..<60: "\(seconds) s ago"
        case ..<3600: "\(seconds / 60) min ago"
        case ..<86_400: "\(seconds / 3600) h ago"
        default: "\(seconds / 86_400) d ago"
        }
    }

    /// The time of day where the user is: `14:03:59`.
    static func clock(_ date: Date) -> String {
        var seconds = time_t(date.timeIntervalSince1970)
        var parts = tm()
        localtime_r(&seconds, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
    }
}
