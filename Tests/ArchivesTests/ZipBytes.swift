/// Writes zip archives by hand, with stored entries.
struct ZipBytes {
    private var bytes: [UInt8] = []
    private var directory: [UInt8] = []
    private var count = 0

    /// - Parameter mode: the Unix mode with the file type.
    mutating func add(_ name: String, content: [UInt8], mode: UInt32 = 0o100644) {
        let offset = bytes.count
        let common =
            Self.two(20) + Self.two(0x800) + Self.two(0) + Self.four(0x5A21_0000) + Self.four(Self.checksum(content))
            + Self.four(UInt32(content.count)) + Self.four(UInt32(content.count)) + Self.two(UInt16(name.utf8.count)) + Self.two(0)
        bytes += [0x50, 0x4B, 3, 4] + common + Array(name.utf8) + content
        directory += [0x50, 0x4B, 1, 2, 20, 3] + common + Self.two(0) + Self.two(0) + Self.two(0)
        directory += Self.four(mode << 16) + Self.four(UInt32(offset)) + Array(name.utf8)
        count += 1
    }

    var finished: [UInt8] {
        let end = Self.two(0) + Self.two(0) + Self.two(UInt16(count)) + Self.two(UInt16(count)) + Self.four(UInt32(directory.count))
        return bytes + directory + [0x50, 0x4B, 5, 6] + end + Self.four(UInt32(bytes.count)) + Self.two(0)
    }

    private static func two(_ value: UInt16) -> [UInt8] {
        [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
    }

    private static func four(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
        }
    }
}
