/// Writes tar archives by hand (POSIX ustar), also such as no honest program would write.
public struct TarBytes: Sendable {
    public enum Kind: Character, Sendable {
        case file = "0"
        case hardLink = "1"
        case symbolicLink = "2"
        case characterDevice = "3"
        case blockDevice = "4"
        case folder = "5"
        case pipe = "6"
        /// Records of pax that say more about the next entry.
        case extended = "x"
        /// GNU's way to give the next entry a long name.
        case longName = "L"
    }

    public private(set) var bytes: [UInt8] = []

    public init() {}

    /// - Parameter claimedSize: what the header says, when that isn't the size of the content.
    public mutating func add(
        _ name: String, _ kind: Kind = .file, content: [UInt8] = [], link: String = "", mode: Int = 0o644, claimedSize: Int? = nil
    ) {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int, limit: Int) {
            for (index, byte) in text.utf8.prefix(limit).enumerated() { header[offset + index] = byte }
        }
        func octal(_ value: Int, _ digits: Int) -> String {
            let text = String(value, radix: 8)
            return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
        }
        put(name, at: 0, limit: 100)
        put(octal(mode, 7), at: 100, limit: 7)
        put(octal(0, 7), at: 108, limit: 7)
        put(octal(0, 7), at: 116, limit: 7)
        let size = claimedSize ?? content.count
        if size < 1 << 33 {
            put(octal(size, 11), at: 124, limit: 11)
        } else {
            // GNU's binary form for large numbers.
            header[124] = 0x80
            for index in 0..<8 { header[128 + index] = UInt8(truncatingIfNeeded: size >> (56 - 8 * index)) }
        }
        put(octal(1_700_000_000, 11), at: 136, limit: 11)
        put("        ", at: 148, limit: 8)
        put(String(kind.rawValue), at: 156, limit: 1)
        put(link, at: 157, limit: 100)
        put("ustar", at: 257, limit: 5)
        put("00", at: 263, limit: 2)
        put(octal(header.reduce(0) { $0 + Int($1) }, 6), at: 148, limit: 6)
        header[154] = 0
        bytes += header + content
        if content.count % 512 != 0 { bytes += [UInt8](repeating: 0, count: 512 - content.count % 512) }
    }

    public mutating func add(_ name: String, text: String, mode: Int = 0o644) {
        add(name, content: Array(text.utf8), mode: mode)
    }

    /// With the two empty blocks that end an archive.
    public var finished: [UInt8] {
        bytes + [UInt8](repeating: 0, count: 1024)
    }
}
