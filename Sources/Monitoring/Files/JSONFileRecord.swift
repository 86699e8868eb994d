import Glibc

/// Docker's `json-file` format: `{"log":"TEXT\n","stream":"stdout","time":"…Z"}`, a record a line; a text without a line end
/// goes on in the next record.
enum JSONFileRecord {
    private static let timeMark = Array(#""time":""#.utf8)
    private static let endMark = Array(#"\n","stream":""#.utf8)
    private static let errorMark = Array(#"","stream":"stderr""#.utf8)

    /// The record and its text; nil when the line isn't one.
    static func parse(_ line: UnsafeRawBufferPointer) -> (record: LogRecord, text: [UInt8])? {
        var text: [UInt8]?
        var stream: LogRecord.Stream?
        var time: LogTimestamp?
        var scanner = JSONObjectScanner(line)
        let isObject = scanner.scan { key, value in
            guard case .string(let bytes) = value else { return }
            switch String(decoding: key, as: UTF8.self) {
            case "log": text = bytes
            case "stream": stream = LogRecord.Stream(rawValue: String(decoding: bytes, as: UTF8.self))
            case "time": time = bytes.withUnsafeBytes { LogTimestamp($0) }
            default: break
            }
        }
        guard isObject, var text, let stream, let time else { return nil }
        let isWhole = text.last == UInt8(ascii: "\n")
        if isWhole { text.removeLast() }
        return (LogRecord(time: time, stream: stream, isPartial: !isWhole), text)
    }

    /// The stream and whether the record is partial, when the line belongs to the second with this prefix; without parsing it.
    /// A quote inside of the text is escaped, so the marks can't be part of it.
    static func peek(_ line: UnsafeRawBufferPointer, second prefix: UnsafeRawBufferPointer) -> (LogRecord.Stream, isPartial: Bool)? {
        let tail = UnsafeRawBufferPointer(rebasing: line[max(0, line.count - 64)...])
        guard let mark = find(timeMark, in: tail) else { return nil }
        let start = mark + timeMark.count
        guard start + prefix.count <= tail.count, let left = tail.baseAddress, let right = prefix.baseAddress,
            memcmp(left + start, right, prefix.count) == 0
        else { return nil }
        return (find(errorMark, in: line) == nil ? .output : .error, find(endMark, in: line) == nil)
    }

    private static func find(_ mark: [UInt8], in bytes: UnsafeRawBufferPointer) -> Int? {
        guard let base = bytes.baseAddress, let first = mark.first else { return nil }
        var start = 0
        while start + mark.count <= bytes.count, let found = memchr(base + start, Int32(first), bytes.count - start) {
            let position = UnsafeRawPointer(found) - base
            guard position + mark.count <= bytes.count else { return nil }
            if memcmp(found, mark, mark.count) == 0 { return position }
            start = position + 1
        }
        return nil
    }
}
