/// `GET /networks/{id}`
public struct EngineNetwork: Decodable, Hashable, Sendable {
    public var id: String
    public var name: String
    public var labels: [String: String]?

    enum CodingKeys: String, CodingKey {
        case id = "Id"
        case name = "Name"
        case labels = "Labels"
    }
}
