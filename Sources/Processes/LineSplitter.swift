import Glibc

/// Cuts a stream of bytes into lines, without their line end. A line longer than the limit comes in several pieces, cut
/// between characters, so that a program that never ends its line cannot fill the memory.
struct LineSplitter {
    static let limit = 16 << 10
    private var rest: [UInt8] = []

    /// The lines that these bytes complete.
    mutating func append(_ bytes: UnsafeRawBufferPointer) -> [String] {
        var lines: [String] = []
        var remaining = bytes[...]
        while let base = UnsafeRawBufferPointer(rebasing: remaining).baseAddress, !remaining.isEmpty {
            guard let found = memchr(base, Int32(UInt8(ascii: "\n")), remaining.count) else { break }
            let length = UnsafeRawPointer(found) - base
            rest.append(contentsOf: remaining.prefix(length))
            remaining = remaining.dropFirst(length + 1)
            if rest.last == UInt8(ascii: "\r") { rest.removeLast() }
            cutLongRest(into: &lines)
            lines.append(String(decoding: rest, as: UTF8.self))
            rest.removeAll(keepingCapacity: true)
        }
        rest.append(contentsOf: remaining)
        cutLongRest(into: &lines)
        return lines
    }

    /// What is left when the stream has ended without a line end.
    mutating func finish() -> String? {
        defer { rest = [] }
        return rest.isEmpty ? nil : String(decoding: rest, as: UTF8.self)
    }

    private mutating func cutLongRest(into lines: inout [String]) {
        var start = 0
        while rest.count - start > Self.limit {
            var end = start + Self.limit
            // 10xxxxxx continues a character of UTF-8; it has at most three of those.
            for _ in 0..<3 where rest[end] & 0xC0 == 0x80 { end -= 1 }
            lines.append(String(decoding: rest[start..<end], as: UTF8.self))
            start = end
        }
        rest.removeFirst(start)
    }
}
