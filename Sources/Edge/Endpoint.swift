/// Where one replica listens.
public struct Endpoint: Sendable, Hashable, Codable {
    /// An IP address; names would have to be looked up while requests wait.
    public let address: String
    public let port: Int
    /// Which deployment the replica belongs to; shown to the platform's own verification and in the request log. May be empty.
    public let deployment: String

    /// - Throws: `EdgeError(.invalid)`.
    public init(address: String, port: Int, deployment: String = "") throws(EdgeError) {
        guard let parsed = IPAddress(address) else {
            throw EdgeError(.invalid, "\(address.debugDescription.prefix(100)) is not an IP address")
        }
        guard (1...65535).contains(port) else { throw EdgeError(.invalid, "the port \(port) is not between 1 and 65535") }
        self.address = parsed.text
        self.port = port
        self.deployment = try Label.check(deployment)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            address: container.decode(String.self, forKey: .address), port: container.decode(Int.self, forKey: .port),
            deployment: container.decodeIfPresent(String.self, forKey: .deployment) ?? "")
    }

    /// "10.89.0.7:3000" or "[fd00::7]:3000": how in-flight counts and logs name it.
    public var authority: String {
        address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
    }
}
