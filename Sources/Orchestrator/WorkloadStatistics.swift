public import FoundationEssentials

/// Counters and gauges of one running replica.
public struct WorkloadStatistics: Hashable, Sendable {
    public var time: Date
    /// CPU time used since its start, in nanoseconds.
    public var cpuNanoseconds: Int64
    /// Bytes, without the page cache that the kernel would give back.
    public var memory: Int64
    /// The limit in bytes.
    public var memoryLimit: Int64
    public var processes: Int
    /// Bytes received and sent since its start.
    public var networkReceived: Int64
    public var networkSent: Int64

    public init(
        time: Date, cpuNanoseconds: Int64, memory: Int64, memoryLimit: Int64, processes: Int, networkReceived: Int64, networkSent: Int64
    ) {
        self.time = time
        self.cpuNanoseconds = cpuNanoseconds
        self.memory = memory
        self.memoryLimit = memoryLimit
        self.processes = processes
        self.networkReceived = networkReceived
        self.networkSent = networkSent
    }
}
