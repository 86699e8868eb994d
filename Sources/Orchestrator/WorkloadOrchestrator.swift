public import Resources

/// Runs workloads. Declarative and idempotent: each call may be made twice, and again after a crash between any two steps,
/// and what is already so is success. All calls throw ``OrchestratorError``.
public protocol WorkloadOrchestrator: Sendable {
    /// Makes the network on which the services of an environment reach each other by name, unless it is there.
    func ensureNetwork(for environment: Environment.ID) async throws
    /// Removes an environment's network; its workloads must be gone.
    func removeNetwork(for environment: Environment.ID) async throws

    /// Makes a volume unless it is there.
    func ensureVolume(_ name: String) async throws
    /// Removes a volume with all that is in it; the workloads that mount it must be gone.
    func removeVolume(_ name: String) async throws

    /// Makes `workload` be there as described and starts it. One with another description under the same identity is stopped
    /// and replaced. One that has the same description and already ended is left as it is: whether to run it again is the
    /// caller's decision (``restart(_:)``), and a crash must not be hidden.
    @discardableResult func apply(_ workload: Workload) async throws -> WorkloadStatus
    /// Starts one that is created or ended; throws `MISSING` when it isn't there.
    func start(_ id: WorkloadID) async throws
    /// Stops it when it runs, and starts it again; throws `MISSING` when it isn't there.
    func restart(_ id: WorkloadID) async throws
    /// SIGTERM, and SIGKILL after `grace`.
    func stop(_ id: WorkloadID, grace: Duration) async throws
    /// Kills it if it still runs, and forgets it with its log.
    func remove(_ id: WorkloadID) async throws

    /// What there is; `.missing` for what isn't there.
    func status(of id: WorkloadID) async throws -> WorkloadStatus
    /// All workloads of this installation in a scope, in no order; those of other installations on the machine never.
    func list(_ scope: WorkloadScope) async throws -> [WorkloadStatus]
    /// What happens from now on, for as long as it is iterated. Reconnects by itself, and says `.resumed` whenever
    /// something may have been missed.
    func events() -> AsyncStream<WorkloadEvent>

    /// Runs a command with a terminal in a running workload. `body` reads its output and writes its input; when it returns or
    /// throws, the terminal is hung up. Returns the command's exit code, nil if it had not ended by then.
    func execute(
        in id: WorkloadID, command: [String], size: TerminalSize, body: @Sendable (Terminal) async throws -> Void
    ) async throws -> Int?

    /// What a running workload has used and uses.
    func statistics(of id: WorkloadID) async throws -> WorkloadStatistics
    /// The TCP ports on which a running workload listens for others than itself (not those on loopback only), in order; empty
    /// when it doesn't run.
    func listeningPorts(of id: WorkloadID) async throws -> [Int]
    /// The TCP ports on which it listens on loopback only, so that nobody else can reach it: a usual mistake.
    func loopbackPorts(of id: WorkloadID) async throws -> [Int]

    /// An image that is here, by reference or id; nil if it isn't.
    func image(_ reference: String) async throws -> ImageDetails?
    /// Fetches an image from its registry; `progress` gets lines for people.
    func pull(
        _ reference: String, credentials: RegistryCredentials?, progress: @escaping @Sendable (String) async -> Void
    ) async throws -> ImageDetails
    /// Removes a reference, and the image with its last. Throws `IN_USE` when a container uses it, or when it is named by its id
    /// and has several tags.
    func removeImage(_ reference: String) async throws
}
