/// What an image says about itself.
public struct ImageDetails: Hashable, Sendable {
    /// `sha256:` and 64 hex digits: names exactly this image on this machine.
    public var id: String
    /// References by digest (`name@sha256:...`), where a registry gave one.
    public var digests: [String]
    /// References by tag.
    public var tags: [String]
    /// TCP ports it says it listens on, in order.
    public var exposedPorts: [Int]
    public var entrypoint: [String]
    public var command: [String]
    /// Empty: root.
    public var user: String
    public var environmentVariables: [String: String]
    public var labels: [String: String]
    /// Paths that it declares as volumes, in order.
    public var volumePaths: [String]
    /// Bytes on disk.
    public var size: Int64

    public init(
        id: String, digests: [String] = [], tags: [String] = [], exposedPorts: [Int] = [], entrypoint: [String] = [],
        command: [String] = [], user: String = "", environmentVariables: [String: String] = [:], labels: [String: String] = [:],
        volumePaths: [String] = [], size: Int64 = 0
    ) {
        self.id = id
        self.digests = digests
        self.tags = tags
        self.exposedPorts = exposedPorts
        self.entrypoint = entrypoint
        self.command = command
        self.user = user
        self.environmentVariables = environmentVariables
        self.labels = labels
        self.volumePaths = volumePaths
        self.size = size
    }
}

/// A login at an image registry. Never printed.
public struct RegistryCredentials: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    public var username: String
    public var password: String

    public init(username: String, password: String) {
        self.username = username
        self.password = password
    }

    public var description: String { "<credentials>" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
