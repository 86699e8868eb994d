/// How far a container's log was read: kept in the same transaction as the lines, so that each is kept once.
struct LogCursor: Hashable, Sendable {
    /// Chosen anew with each step: who holds another one has been overtaken. 0 before the first step.
    var version: Int64 = 0
    var inode: Int64 = 0
    /// Bytes of the file that are done.
    var offset: Int64 = 0
    /// Tells a file from a later one that got the same inode.
    var fingerprint: Int64 = 0
    /// The ``TailState`` at that place, as JSON.
    var state: String = "{}"
}
