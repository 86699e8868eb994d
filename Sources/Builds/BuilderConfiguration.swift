public import Archives

/// Where and how builds run. What a machine needs beyond the defaults is found out by the preflight or set by the operator.
public struct BuilderConfiguration: Sendable {
    /// The installation's name, in image names and labels: lower-case letters, digits and hyphens.
    public var instance: String
    /// For sources and scripts of builds under way; made when it isn't there, emptied of dead builds.
    public var workDirectory: String
    /// For download caches, one folder for each service in an environment.
    public var cacheDirectory: String
    public var limits: BuildLimits
    public var stack: StackConfiguration
    /// The OCI runtime (`runc`, `crun`, or a path); nil: Buildah's default.
    public var runtime: String?
    /// Where the control groups of builds are made; nil: none of their own, and then no limit on the number of processes.
    public var controlGroup: String?
    /// A file of certificates (PEM) that installs trust besides the public ones, for networks whose proxy opens TLS.
    public var extraCertificateAuthority: String?
    /// Credentials for registries (`containers-auth.json(5)`).
    public var registryCredentials: String?
    /// Mirrors and short names of registries (`containers-registries.conf(5)`).
    public var registriesFile: String?
    /// Whether sources may be fetched from loopback, private and link-local addresses.
    public var allowsPrivateAddresses: Bool
    /// A private key for Git over SSH; nil: only HTTP.
    public var sshKeyFile: String?
    /// Days that an image of dependencies is kept without being used.
    public var dependencyImageDays: Int
    /// Images of dependencies kept for each service in an environment.
    public var dependencyImagesPerService: Int

    public init(
        instance: String, workDirectory: String, cacheDirectory: String, limits: BuildLimits = BuildLimits(),
        stack: StackConfiguration = StackConfiguration(), runtime: String? = nil, controlGroup: String? = "/switchyard-builds",
        extraCertificateAuthority: String? = nil, registryCredentials: String? = nil, registriesFile: String? = nil,
        allowsPrivateAddresses: Bool = false, sshKeyFile: String? = nil, dependencyImageDays: Int = 14, dependencyImagesPerService: Int = 3
    ) {
        self.instance = instance
        self.workDirectory = workDirectory
        self.cacheDirectory = cacheDirectory
        self.limits = limits
        self.stack = stack
        self.runtime = runtime
        self.controlGroup = controlGroup
        self.extraCertificateAuthority = extraCertificateAuthority
        self.registryCredentials = registryCredentials
        self.registriesFile = registriesFile
        self.allowsPrivateAddresses = allowsPrivateAddresses
        self.sshKeyFile = sshKeyFile
        self.dependencyImageDays = dependencyImageDays
        self.dependencyImagesPerService = dependencyImagesPerService
    }
}

/// What one build may use.
public struct BuildLimits: Hashable, Sendable {
    /// Bytes of memory, without swap.
    public var memory: Int
    /// Cores; the build also yields to everything else on the machine.
    public var processors: Double
    public var processes: Int
    /// From the first byte of the source to the image.
    public var timeout: Duration
    public var source: ArchiveExtractor.Limits

    public init(
        memory: Int = 2 << 30, processors: Double = 2, processes: Int = 4096, timeout: Duration = .seconds(1800),
        source: ArchiveExtractor.Limits = .init()
    ) {
        self.memory = memory
        self.processors = processors
        self.processes = processes
        self.timeout = timeout
        self.source = source
    }
}
