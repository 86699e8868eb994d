/// What a new container shall be: the body of `POST /containers/create`.
public struct ContainerSpecification: Hashable, Sendable {
    public var image: String
    /// Replaces the image's entrypoint and command; nil keeps them.
    public var command: [String]?
    /// `NAME=value` each.
    public var environment: [String] = []
    public var labels: [String: String] = [:]
    /// The network by name, and the names under which its other containers reach this one.
    public var network: String?
    public var aliases: [String] = []
    public var mounts: [Mount] = []
    /// Bytes, without swap.
    public var memory: Int?
    /// Billionths of a core.
    public var nanoProcessors: Int64?
    public var processes: Int?
    public var limits: [Limit] = []
    /// The only capabilities it keeps.
    public var capabilities: [String]?
    public var securityOptions: [String] = []
    public var logDriver: LogDriver?
    /// Whether a small init is the first process, which passes signals on and reaps orphans.
    public var hasInit = false

    public init(image: String) {
        self.image = image
    }

    /// A volume of the engine at a path of the container.
    public struct Mount: Hashable, Sendable {
        public var volume: String
        public var path: String

        public init(volume: String, path: String) {
            self.volume = volume
            self.path = path
        }
    }

    /// setrlimit(2), soft and hard alike.
    public struct Limit: Hashable, Sendable {
        public var name: String
        public var value: Int

        public init(name: String, value: Int) {
            self.name = name
            self.value = value
        }
    }

    public struct LogDriver: Hashable, Sendable {
        public var name: String
        public var options: [String: String]

        public init(name: String, options: [String: String]) {
            self.name = name
            self.options = options
        }
    }
}
