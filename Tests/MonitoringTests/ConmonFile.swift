import FoundationEssentials
import Glibc

/// Writes a `k8s-file` log as conmon does, with a clock of its own.
final class ConmonFile {
    let path: String
    /// The time of the next record, seconds since `epoch`.
    var clock = 0.0
    private static let epoch = 1_795_000_000.0

    init(in folder: ScratchFolder, name: String = "ctr.log") {
        path = folder.path + "/" + name
    }

    static func time(_ clock: Double) -> String {
        let whole = clock.rounded(.down)
        let second = Date(timeIntervalSince1970: epoch + whole).formatted(.iso8601).prefix(19)
        let nanoseconds = String(Int((clock - whole) * 1e9))
        return "\(second).\(String(repeating: "0", count: 9 - nanoseconds.count))\(nanoseconds)+00:00"
    }

    func write(_ text: String, stream: String = "stdout", tag: String = "F") throws {
        try write(Array(text.utf8), stream: stream, tag: tag)
    }

    func write(_ text: [UInt8], stream: String = "stdout", tag: String = "F") throws {
        try append(record(text, stream: stream, tag: tag))
    }

    func write(lines: some Sequence<String>) throws {
        try append(lines.flatMap { record(Array($0.utf8), stream: "stdout", tag: "F") })
    }

    /// A line of any length, in the parts that conmon's buffer makes of it.
    func writeInParts(_ text: [UInt8], stream: String = "stdout", part: Int = 8_192) throws {
        var rest = text[...]
        while rest.count > part {
            try write(Array(rest.prefix(part)), stream: stream, tag: "P")
            rest = rest.dropFirst(part)
        }
        try write(Array(rest), stream: stream)
    }

    func append(_ bytes: [UInt8]) throws {
        let file = open(path, O_WRONLY | O_APPEND | O_CREAT, 0o640)
        guard file >= 0 else { throw POSIXFailure(number: errno) }
        defer { close(file) }
        guard Glibc.write(file, bytes, bytes.count) == bytes.count else { throw POSIXFailure(number: errno) }
    }

    /// What conmon does at its maximum size: a new file takes the old one's name.
    func rotate() throws {
        let file = open(path + ".tmp", O_WRONLY | O_CREAT | O_TRUNC, 0o640)
        guard file >= 0 else { throw POSIXFailure(number: errno) }
        close(file)
        guard rename(path + ".tmp", path) == 0 else { throw POSIXFailure(number: errno) }
    }

    private func record(_ text: [UInt8], stream: String, tag: String) -> [UInt8] {
        Array("\(Self.time(clock)) \(stream) \(tag) ".utf8) + text + [UInt8(ascii: "\n")]
    }

    struct POSIXFailure: Error {
        var number: Int32
    }
}
