public import FoundationEssentials

/// The observed state of one replica.
public struct WorkloadStatus: Hashable, Sendable {
    public var id: WorkloadID
    public var state: WorkloadState
    /// The back end's own name of this run's container or pod; another one after it was replaced.
    public var handle: String?
    /// The IP address at which the edge and the health check reach it, while it runs.
    public var address: String?
    /// The latest start.
    public var startedAt: Date?
    /// What the back end says about how it ended or why it didn't start.
    public var exitMessage: String?
    /// The file on this machine that its output goes to, where there is one.
    public var logPath: String?
    /// The process id of its first process as this machine sees it, while it runs here.
    public var processID: Int?
    /// The image it was made from, by id.
    public var imageID: String?

    public init(
        id: WorkloadID, state: WorkloadState, handle: String? = nil, address: String? = nil, startedAt: Date? = nil,
        exitMessage: String? = nil, logPath: String? = nil, processID: Int? = nil, imageID: String? = nil
    ) {
        self.id = id
        self.state = state
        self.handle = handle
        self.address = address
        self.startedAt = startedAt
        self.exitMessage = exitMessage
        self.logPath = logPath
        self.processID = processID
        self.imageID = imageID
    }
}

public enum WorkloadState: Hashable, Sendable {
    /// There, and never started.
    case created
    case running
    /// Being stopped.
    case stopping
    /// Ended by itself or stopped: 128 + n for signal n.
    case exited(code: Int, outOfMemory: Bool)
    case missing

    public var isRunning: Bool { self == .running }
}
