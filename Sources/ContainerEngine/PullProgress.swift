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
