/// `GET /images/{name}/json`
public struct EngineImage: Decodable, Hashable, Sendable {
    /// `sha256:` and 64 hex digits.
    public var id: String
    public var tags: [String]?
    /// References by digest.
    public var digests: [String]?
    /// Bytes.
    public var size: Int64?
    public var configuration: Configuration?

    public struct Configuration: Decodable, Hashable, Sendable {
        public var entrypoint: [String]?
        public var command: [String]?
        /// `NAME=value` each.
        public var environment: [String]?
        public var user: String?
        public var labels: [String: String]?
        /// `8080/tcp` and so on.
        public var exposedPorts: [String: Empty]?
        public var volumes: [String: Empty]?

        enum CodingKeys: String, CodingKey {
            case entrypoint = "Entrypoint"
            case command = "Cmd"
            case environment = "Env"
            case user = "User"
            case labels = "Labels"
            case exposedPorts = "ExposedPorts"
            case volumes = "Volumes"
        }
    }

    /// The Engine API's way to write a set: an object whose values say nothing.
    public struct Empty: Decodable, Hashable, Sendable {}

    enum CodingKeys: String, CodingKey {
        case id = "Id"
        case tags = "RepoTags"
        case digests = "RepoDigests"
        case size = "Size"
        case configuration = "Config"
    }
}
