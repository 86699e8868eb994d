/// One line of `POST /images/create`.
public struct PullProgress: Decodable, Hashable, Sendable {
    public var status: String?
    /// The layer it is about.
    public var id: String?
    /// Set on the last line, when the pull failed.
    public var error: String?
    public var detail: Detail?

    /// In bytes.
    public struct Detail: Decodable, Hashable, Sendable {
        public var current: Int64?
        public var total: Int64?
    }

    enum CodingKeys: String, CodingKey {
        case status, id, error
        case detail = "progressDetail"
    }
}

/// A login at a registry, as the `X-Registry-Auth` header carries it.
public struct RegistryLogin: Encodable, Sendable {
    public var username: String
    public var password: String

    public init(username: String, password: String) {
        self.username = username
        self.password = password
    }
}
