public import Accounts
public import Deployments
public import Kernel
public import Monitoring
public import Orchestrator
public import Projects

/// What the gateway calls.
public struct GatewayServices: Sendable {
    /// Runs a command with a terminal in a replica, hands the terminal to the last argument, and returns the command's exit code; nil
    /// when it was hung up before it ended. The command is never empty.
    public typealias OpenTerminal =
        @Sendable (Access, WorkloadID, [String], TerminalSize, @escaping @Sendable (Terminal) async throws -> Void) async throws -> Int?

    public var accounts: AccountService
    public var projects: ProjectService
    public var deployments: DeploymentService
    public var logs: LogService
    public var events: EventStore
    public var blobs: DiskBlobStore
    /// Has to listen on ``AccountService/revocationChannel``, so that a revoked token's WebSockets end.
    public var wakeups: Wakeups
    public var openTerminal: OpenTerminal
    /// More metrics for `/metrics`, in Prometheus' text format: the edge's.
    public var moreMetrics: @Sendable () async -> String

    public init(
        accounts: AccountService, projects: ProjectService, deployments: DeploymentService, logs: LogService, events: EventStore,
        blobs: DiskBlobStore, wakeups: Wakeups, openTerminal: @escaping OpenTerminal,
        moreMetrics: @escaping @Sendable () async -> String = { "" }
    ) {
        self.accounts = accounts
        self.projects = projects
        self.deployments = deployments
        self.logs = logs
        self.events = events
        self.blobs = blobs
        self.wakeups = wakeups
        self.openTerminal = openTerminal
        self.moreMetrics = moreMetrics
    }
}
