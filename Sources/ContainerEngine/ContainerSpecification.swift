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

        /// Podman writes a mount as one text with commas, colons and quotes that mean something: a path with them, or one that
        /// isn't plainly absolute, could become another mount.
        var isPlain: Bool {
            let parts = path.split(separator: "/")
            return EnginePath.isName(volume) && path.utf8.first == UInt8(ascii: "/") && !parts.isEmpty && path.utf8.count <= 1024
                && path.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 && !",:\"\\".unicodeScalars.contains($0) }
                && !parts.contains("..") && !parts.contains(".")
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
