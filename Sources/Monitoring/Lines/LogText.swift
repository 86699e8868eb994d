import FoundationEssentials

/// Makes any bytes into text that PostgreSQL, JSON and a terminal can take. Colours (ANSI) are kept: clients show them.
enum LogText {
    /// Bytes of a line that are kept; the rest is cut and said so.
    static let maximumBytes = 16 * 1024

    /// - Parameter total: the line's whole length, when `bytes` is only its beginning.
    static func clean(_ bytes: UnsafeRawBufferPointer, total: Int) -> String {
        var end = min(bytes.count, maximumBytes)
        let isCut = total > end
        if isCut {
            end = characterBoundary(before: end, in: bytes)
        } else if end > 0, bytes[end - 1] == UInt8(ascii: "\r") {
            // A terminal ends its lines with both.
            end -= 1
        }
        let kept = UnsafeRawBufferPointer(rebasing: bytes[..<end])
        // Decoding repairs what isn't UTF-8.
        var text = String(decoding: kept, as: UTF8.self)
        if kept.contains(0) {
            // PostgreSQL's text can't hold NUL.
            text.unicodeScalars.removeAll { $0 == "\0" }
        }
        if isCut {
            text += " … [cut: the line has \(total) bytes, \(maximumBytes) are kept]"
        }
        return text
    }

    static func clean(_ text: String) -> String {
        var text = text
        return text.withUTF8 { clean(UnsafeRawBufferPointer($0), total: $0.count) }
    }

    /// The last place at or before `end` where a UTF-8 sequence begins, so that a cut doesn't spoil a character.
    private static func characterBoundary(before end: Int, in bytes: UnsafeRawBufferPointer) -> Int {
        guard end < bytes.count else {
            // Whether the last sequence is whole can't be told from what follows: look at its first byte.
            var start = end
            while start > 0, end - start < 4, bytes[start - 1] & 0xC0 == 0x80 { start -= 1 }
            guard start > 0, bytes[start - 1] >= 0xC0 else { return end }
            let length = bytes[start - 1] >= 0xF0 ? 4 : bytes[start - 1] >= 0xE0 ? 3 : 2
            return start - 1 + length > end ? start - 1 : end
        }
        var boundary = end
        while boundary > 0, end - boundary < 4, bytes[boundary] & 0xC0 == 0x80 { boundary -= 1 }
        return bytes[boundary] & 0xC0 == 0x80 ? end : boundary
    }
}
