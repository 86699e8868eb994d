/// `GET /volumes/{name}`
public struct EngineVolume: Codable, Hashable, Sendable {
    public var name: String
    public var labels: [String: String]?
    /// The folder on this machine.
    public var path: String?

    enum CodingKeys: String, CodingKey {
        case name = "Name"
        case labels = "Labels"
        case path = "Mountpoint"
    }
}
