public import FoundationEssentials

/// The commit that a source from Git was taken at.
public struct Commit: Codable, Hashable, Sendable {
    /// The full hash.
    public var hash: String
    public var author: String
    /// At most 1000 characters.
    public var message: String
    public var time: Date
    /// Nil when a tag or a commit was asked for.
    public var branch: String?

    public init(hash: String, author: String, message: String, time: Date, branch: String?) {
        self.hash = hash
        self.author = author
        self.message = message
        self.time = time
        self.branch = branch
    }
}
