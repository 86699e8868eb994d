/// Why an archive could not be read or written. The message names the entry with everything unprintable escaped.
public struct ArchiveError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, CaseIterable, Hashable, Sendable {
        /// The bytes are of none of the formats that are understood.
        case notAnArchive
        /// Truncated, encrypted, or otherwise unreadable from some point on.
        case damaged
        /// An entry's name is absolute, has `..`, is empty, too long or not UTF-8.
        case unsafePath
        /// A symbolic or hard link that leads out of the folder, or a path through a link.
        case unsafeLink
        /// A device, pipe or socket.
        case unsupportedEntry
        /// Two entries of one name that can't both be.
        case conflictingEntries
        case tooManyBytes
        case tooManyFiles
        case tooDeep
        /// It unpacks to implausibly more than its own size.
        case implausibleRatio
        case cancelled
        /// The operating system refused: no space, no permission.
        case system
    }

    public var code: Code
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String {
        message
    }

    /// The name in quotes with control characters and everything beyond printable ASCII escaped, cut at 200 characters.
    public static func quoted(_ name: String) -> String {
        var result = "\""
        for scalar in name.unicodeScalars.prefix(200) {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case " "..."~": result.unicodeScalars.append(scalar)
            default: result += "\\u{\(String(scalar.value, radix: 16))}"
            }
        }
        return result + (name.unicodeScalars.count > 200 ? "...\"" : "\"")
    }
}
