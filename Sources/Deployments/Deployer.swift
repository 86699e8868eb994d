public import AsyncHTTPClient
public import Kernel
public import Logging
public import Orchestrator
import Resources

/// The workers of this module: what the roles `builder` and `deployer` run.
public struct Deployer: Sendable {
    let context: DeployerContext
    private let builder: any ImageBuilder
    private let secretBox: SecretBox
    private let queue: JobQueue
    private let node: String

    /// - Parameter node: The node's name, under which jobs are leased.
    public init(
        database: Database, wakeups: Wakeups, queue: JobQueue, node: String, catalog: any ServiceCatalog,
        orchestrator: any WorkloadOrchestrator, builder: any ImageBuilder, router: any TrafficRouter, logs: any LogSink,
        secretBox: SecretBox, httpClient: HTTPClient, logger: Logger
    ) {
        context = DeployerContext(
            database: database, store: DeploymentStore(database: database), wakeups: wakeups, catalog: catalog, orchestrator: orchestrator,
            router: router, routes: RouteKeeper(database: database, catalog: catalog, router: router), logs: logs,
            probe: HealthProbe(client: httpClient), factory: WorkloadFactory(secretBox: secretBox), logger: logger)
        self.builder = builder
        self.secretBox = secretBox
        self.queue = queue
        self.node = node
    }

    /// Makes images until cancelled.
    ///
    /// - Parameter concurrency: How many builds run beside each other.
    public func runBuilds(concurrency: Int) async {
        let builds = BuildWorker(context: context, builder: builder, secretBox: secretBox)
        await worker([DeploymentJobs.build], concurrency) { try await builds.handle($0) }.run()
    }

    /// Drives replicas and routes until cancelled.
    public func runDeployments(concurrency: Int) async {
        await ReplicaInventory(context: context).run()
        let converge = ConvergeWorker(context: context, secretBox: secretBox)
        let drain = DrainWorker(context: context)
        let teardown = TeardownWorker(context: context)
        await withDiscardingTaskGroup { group in
            group.addTask { await worker([DeploymentJobs.converge], concurrency) { try await converge.handle($0) }.run() }
            group.addTask { await worker([DeploymentJobs.drain], concurrency * 4) { try await drain.handle($0) }.run() }
            group.addTask { await worker([DeploymentJobs.teardown], 2) { try await teardown.handle($0) }.run() }
            group.addTask {
                await worker([DeploymentJobs.removeVolume], 1) { try await VolumeRemovalWorker(context: context).handle($0) }.run()
            }
            group.addTask { await ReplicaKeeper(context: context).run() }
            group.addTask { await RouteSynchronizer(context: context).run() }
            group.addTask { await Sweeper(context: context).run() }
        }
    }

    /// What kept versions need: of each service the active one, those under way, and the newest `count`.
    public func kept(count: Int) async throws -> (images: Set<String>, uploads: Set<String>) {
        var images: Set<String> = []
        var uploads: Set<String> = []
        for workspace in try await context.workspaces() {
            let access = try context.access(to: workspace)
            images.formUnion(try await context.store.keptImages(count: count, access))
            uploads.formUnion(try await context.store.keptUploads(count: count, access))
        }
        return (images, uploads)
    }

    private func worker(_ kinds: [String], _ concurrency: Int, _ handle: @escaping @Sendable (Job) async throws -> JobOutcome) -> JobWorker
    {
        JobWorker(
            queue: queue, wakeups: context.wakeups, kinds: kinds, concurrency: concurrency, name: node, logger: context.logger,
            handle: handle)
    }
}
