/// `GET /info`: what the engine found on its machine.
public struct EngineInformation: Decodable, Hashable, Sendable {
    public var processors: Int
    /// Bytes.
    public var memory: Int64
    /// `cgroupfs` or `systemd`.
    public var cgroupDriver: String?
    /// `1` or `2`.
    public var cgroupVersion: String?
    /// The OCI runtime that new containers get.
    public var defaultRuntime: String?
    /// Where images and containers are kept.
    public var storage: String?
    public var canLimitMemory: Bool?
    public var canLimitProcesses: Bool?
    public var canLimitProcessors: Bool?

    enum CodingKeys: String, CodingKey {
        case processors = "NCPU"
        case memory = "MemTotal"
        case cgroupDriver = "CgroupDriver"
        case cgroupVersion = "CgroupVersion"
        case defaultRuntime = "DefaultRuntime"
        case storage = "DockerRootDir"
        case canLimitMemory = "MemoryLimit"
        case canLimitProcesses = "PidsLimit"
        case canLimitProcessors = "CpuCfsQuota"
    }
}
