/// What every refused request is answered with, by REST and by the CLI's `--json`.
public struct Problem: Codable, Hashable, Sendable {
    /// Stable, for scripts: upper case with underscores, such as `NAME_INVALID`.
    public var code: String
    /// What was wrong, and where.
    public var message: String
    /// What to do next.
    public var hint: String?
    /// The id under which the server logged this request.
    public var requestId: String?

    public init(code: String, message: String, hint: String? = nil, requestId: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
        self.requestId = requestId
    }
}

/// A page of a longer list.
public struct Page<Item: Codable & Sendable>: Codable, Sendable {
    public var items: [Item]
    /// What to pass as `after` for the next page; nil on the last.
    public var next: String?

    public init(items: [Item], next: String? = nil) {
        self.items = items
        self.next = next
    }
}
