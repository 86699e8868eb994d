/// The wanted state of one replica of a deployment.
public struct Workload: Hashable, Sendable {
    public var id: WorkloadID
    /// The service's name: other services of the environment reach this one by it. A DNS label.
    public var serviceName: String
    /// An image that is here: its id, or a reference by digest.
    public var image: String
    /// Replaces the image's entrypoint and command; nil keeps them.
    public var command: [String]?
    public var environmentVariables: [String: String]
    /// The port on which the application was asked to listen.
    public var port: Int
    public var limits: Limits
    public var volumes: [Mount]
    /// Further labels, for people and their tools; never read back.
    public var labels: [String: String]
    /// How long it gets between SIGTERM and SIGKILL when it is replaced or restarted.
    public var stopGrace: Duration

    public init(
        id: WorkloadID, serviceName: String, image: String, command: [String]? = nil, environmentVariables: [String: String] = [:],
        port: Int, limits: Limits = Limits(), volumes: [Mount] = [], labels: [String: String] = [:],
        stopGrace: Duration = .seconds(10)
    ) {
        self.id = id
        self.serviceName = serviceName
        self.image = image
        self.command = command
        self.environmentVariables = environmentVariables
        self.port = port
        self.limits = limits
        self.volumes = volumes
        self.labels = labels
        self.stopGrace = stopGrace
    }

    /// Hard limits of one replica.
    public struct Limits: Hashable, Sendable {
        /// Cores; may be a fraction.
        public var cpu: Double
        /// Bytes, without swap.
        public var memory: Int
        /// Processes and threads.
        public var processes: Int

        public init(cpu: Double = 2, memory: Int = 1 << 30, processes: Int = 512) {
            self.cpu = cpu
            self.memory = memory
            self.processes = processes
        }
    }

    /// A volume at an absolute path of the container.
    public struct Mount: Hashable, Sendable {
        /// As given to ``WorkloadOrchestrator/ensureVolume(_:)``.
        public var name: String
        public var path: String

        public init(name: String, path: String) {
            self.name = name
            self.path = path
        }
    }
}
