/// `GET /version`
public struct EngineVersion: Decodable, Hashable, Sendable {
    public enum Product: String, Sendable {
        case podman = "Podman"
        case docker = "Docker"
    }

    /// The product's own version: `4.3.1`.
    public var version: String
    /// The newest and the oldest version of the Engine API that it speaks: `1.41`.
    public var interface: String
    public var oldestInterface: String
    public var product: Product

    init() {
        (version, interface, oldestInterface, product) = ("", "", "", .docker)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        version = try container.decode(String.self, forKey: .version)
        interface = try container.decode(String.self, forKey: .interface)
        oldestInterface = try container.decodeIfPresent(String.self, forKey: .oldestInterface) ?? "1.12"
        let components = try container.decodeIfPresent([Component].self, forKey: .components) ?? []
        product = components.contains { $0.name.hasPrefix("Podman") } ? .podman : .docker
    }

    private struct Component: Decodable {
        var name: String

        enum CodingKeys: String, CodingKey {
            case name = "Name"
        }
    }

    enum CodingKeys: String, CodingKey {
        case version = "Version"
        case interface = "ApiVersion"
        case oldestInterface = "MinAPIVersion"
        case components = "Components"
    }

    /// The version that the client is written for, unless the engine is too new to know it.
    var usedInterface: String {
        let written = (1, 41)
        let parts = oldestInterface.split(separator: ".").compactMap { Int($0) }
        guard parts.count == 2, (parts[0], parts[1]) > written else { return "1.41" }
        return oldestInterface
    }
}
