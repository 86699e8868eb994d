/// Where the stack's packages come from.
public struct StackConfiguration: Hashable, Sendable {
    /// A mirror of Debian, such as `http://deb.debian.org/debian`; nil: the one that this machine's own apt uses.
    public var mirror: String?
    /// False for frozen mirrors, whose index has run out by its own date.
    public var checksValidUntil: Bool
    /// For the locks that keep two processes from making the same image.
    public var lockDirectory: String

    public init(mirror: String? = nil, checksValidUntil: Bool = true, lockDirectory: String = "/run/lock") {
        self.mirror = mirror
        self.checksValidUntil = checksValidUntil
        self.lockDirectory = lockDirectory
    }
}
