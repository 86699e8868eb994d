import Glibc

/// Podman's `k8s-file` format, as conmon and CRI-O write it: `TIME stdout|stderr P|F TEXT`, a record a line.
enum K8sFileRecord {
    private static let space = UInt8(ascii: " ")

    /// The record and its text; nil when the line isn't one.
    static func parse(_ line: UnsafeRawBufferPointer) -> (record: LogRecord, text: UnsafeRawBufferPointer)? {
        guard let timeEnd = line.firstIndex(of: space), let time = LogTimestamp(UnsafeRawBufferPointer(rebasing: line[..<timeEnd])) else {
            return nil
        }
        let rest = UnsafeRawBufferPointer(rebasing: line[(timeEnd + 1)...])
        guard rest.count >= 8, rest[6] == space, let stream = stream(rest) else {
            // conmon may leave a time behind whose record it could not finish: what follows it can be a whole record.
            return parse(rest)
        }
        guard rest[7] == UInt8(ascii: "P") || rest[7] == UInt8(ascii: "F") else { return nil }
        let record = LogRecord(time: time, stream: stream, isPartial: rest[7] == UInt8(ascii: "P"))
        return (record, UnsafeRawBufferPointer(rebasing: rest[min(9, rest.count)...]))
    }

    /// The stream and whether the record is partial, when the line belongs to the second with this prefix; without parsing it.
    static func peek(_ line: UnsafeRawBufferPointer, second prefix: UnsafeRawBufferPointer) -> (LogRecord.Stream, isPartial: Bool)? {
        guard line.count >= 44, let left = line.baseAddress, let right = prefix.baseAddress, memcmp(left, right, prefix.count) == 0,
            line[35] == space, line[42] == space
        else { return nil }
        switch (line[39], line[43]) {
        case (UInt8(ascii: "o"), UInt8(ascii: "F")): return (.output, false)
        case (UInt8(ascii: "o"), UInt8(ascii: "P")): return (.output, true)
        case (UInt8(ascii: "e"), UInt8(ascii: "F")): return (.error, false)
        case (UInt8(ascii: "e"), UInt8(ascii: "P")): return (.error, true)
        default: return nil
        }
    }

    private static func stream(_ bytes: UnsafeRawBufferPointer) -> LogRecord.Stream? {
        if bytes.starts(with: "stdout".utf8) { return .output }
        if bytes.starts(with: "stderr".utf8) { return .error }
        return nil
    }
}
