/// Why a folder could not be put into an archive.
public struct ArchiveWriterError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Hashable, Sendable {
        /// The folder isn't there, or isn't a folder.
        case notAFolder
        /// A file or folder in it cannot be read; the message names it.
        case unreadable
        /// A file became shorter while it was read.
        case changed
        /// More files or bytes than the limits allow.
        case tooLarge
        /// The archive itself cannot be written: disk full, for one.
        case notWritten
    }

    public var code: Code
    /// What was wrong, and where.
    public var message: String
    /// What to do next, where there is something to do.
    public var hint: String?

    public init(_ code: Code, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    public var description: String { message }
}
