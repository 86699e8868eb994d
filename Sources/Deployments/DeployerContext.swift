import Kernel
import Logging
import Orchestrator
import Resources

/// What every part of the deployer works with.
struct DeployerContext: Sendable {
    let database: Database
    let store: DeploymentStore
    let wakeups: Wakeups
    let catalog: any ServiceCatalog
    let orchestrator: any WorkloadOrchestrator
    let router: any TrafficRouter
    let routes: RouteKeeper
    let logs: any LogSink
    let probe: HealthProbe
    let factory: WorkloadFactory
    let logger: Logger

    private static let caller = Caller.system("deployer")

    func access(to workspace: Workspace.ID) throws -> Access {
        try Self.caller.access(to: workspace, .deploymentWrite)
    }

    /// A change that a job makes: refused when its lease is lost.
    func write(_ job: Job, _ body: @escaping @Sendable (UnitOfWork) async throws -> Void) async throws {
        try await database.write(try access(to: job.workspace)) { unit in
            try await unit.requireLease(job)
            try await body(unit)
        }
    }

    /// Takes a replica's last lines, removes its container and its row.
    func removeReplica(_ id: WorkloadID, in workspace: Workspace.ID, job: Job) async throws {
        let known = try await store.replicas(of: [id.deployment], try access(to: workspace)).first { $0.index == id.replica }
        if let known {
            try await orchestrator.stop(id, grace: .seconds(10))
            if let log = known.log(in: workspace) { await logs.finish(log) }
        }
        try await orchestrator.remove(id)
        try await write(job) { unit in
            try await store.deleteReplicas(of: id.deployment, indexes: [id.replica], in: unit)
        }
    }
}

extension DeploymentRecord {
    func workloadID(_ replica: Int) -> WorkloadID {
        WorkloadID(environment: instance.environment, service: instance.service, deployment: id, replica: replica)
    }

    /// How often a replica that crashes before it was ever ready is tried again: a few times, so that the user hears of it soon.
    var restartsAtStart: Int {
        settings.restartPolicy == .never ? 0 : min(settings.restartPolicyMaxRetries, 2)
    }
}

extension ReplicaRecord {
    var workloadID: WorkloadID {
        WorkloadID(environment: instance.environment, service: instance.service, deployment: deployment, replica: index)
    }

    init(
        deployment: Deployment.ID, instance: ServiceInstance, index: Int, state: ReplicaState, container: String?, logPath: String?,
        address: String?, port: Int
    ) {
        self.deployment = deployment
        self.instance = instance
        self.index = index
        self.state = state
        self.container = container
        self.logPath = logPath
        self.address = address
        self.port = port
        serving = false
        restarts = 0
        message = nil
    }

    func log(in workspace: Workspace.ID) -> ReplicaLog? {
        guard let container, let logPath else { return nil }
        return ReplicaLog(
            subject: LogSubject(workspace: workspace, instance: instance, deployment: deployment), replica: index, container: container,
            path: logPath)
    }
}

extension DeployerContext {
    /// All workspaces of the installation, by their schemas.
    func workspaces() async throws -> [Workspace.ID] {
        try await Workspaces.all(database)
    }
}
