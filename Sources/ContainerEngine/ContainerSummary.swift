/// An entry of `GET /containers/json`.
public struct ContainerSummary: Decodable, Hashable, Sendable {
    public var id: String
    /// With leading slashes.
    public var names: [String]
    public var state: String
    public var labels: [String: String]?

    enum CodingKeys: String, CodingKey {
        case id = "Id"
        case names = "Names"
        case state = "State"
        case labels = "Labels"
    }
}
