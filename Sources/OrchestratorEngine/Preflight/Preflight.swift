/// Looks at what the platform needs of its machine, without changing anything. Results are values: whoever asks prints them.
public struct Preflight: Sendable {
    /// TCP ports that the platform is about to listen on, on all addresses.
    public var ports: [Int]
    /// Where the platform keeps its data, or its nearest folder that exists.
    public var dataFolder: String
    /// Where containers' images are kept.
    public var storageFolder = "/var/lib/containers"
    /// For what the trial of runtimes writes, and removes.
    public var temporaryFolder = "/tmp"
    /// The socket of an engine that somebody else runs; nil: an own Podman.
    public var engineSocket: String?
    /// Programs beside the engine.
    public var programs = RequiredProgram.all

    public init(ports: [Int], dataFolder: String) {
        self.ports = ports
        self.dataFolder = dataFolder
    }

    /// All findings, also the good ones, in the order in which one would read them.
    public func run() async -> [Finding] {
        async let engine = EngineCheck(socketPath: engineSocket, temporaryFolder: temporaryFolder).findings()
        let others =
            AccountCheck().findings() + ControlGroupCheck().findings() + LimitCheck().findings()
            + CapacityCheck(folders: [dataFolder, storageFolder]).findings() + PortCheck(ports: ports).findings()
            + programs.map { $0.finding() }
        return await engine + others
    }
}
