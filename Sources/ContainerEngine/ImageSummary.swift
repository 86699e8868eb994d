/// An entry of `GET /images/json`.
public struct ImageSummary: Decodable, Hashable, Sendable {
    public var id: String
    public var tags: [String]?
    public var labels: [String: String]?
    /// Bytes.
    public var size: Int64
    /// Seconds since 1970.
    public var created: Int64

    enum CodingKeys: String, CodingKey {
        case id = "Id"
        case tags = "RepoTags"
        case labels = "Labels"
        case size = "Size"
        case created = "Created"
    }
}
