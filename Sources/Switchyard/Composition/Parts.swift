import Accounts
import Deployments
import Edge
import Gateway
import Kernel
import Logging
import Monitoring
import Orchestrator
import PostgresClient
import Projects
import Resources

/// The services of one process over one database.
struct Parts: Sendable {
    let database: Database
    let migrator: Migrator
    let wakeups: Wakeups
    let queue: JobQueue
    let accounts: AccountService
    let projects: ProjectService
    let catalog: ProjectCatalog
    let logs: LogPipeline
    let sink: LogStoreSink
    let blobs: DiskBlobStore
    private let configuration: Configuration
    private let ports: PortChoice
    private let logger: Logger

    init(configuration: Configuration, client: PostgresClient, secretBox: SecretBox, ports: PortChoice, logger: Logger) async throws {
        self.configuration = configuration
        self.ports = ports
        self.logger = logger
        database = Database(client: client)
        migrator = Migrator(
            client: client, modules: [AccountService.schema, ProjectService.schema, deploymentsSchema, monitoringSchema])
        wakeups = Wakeups(client: client, channels: [LogPipeline.channel, AccountService.revocationChannel])
        queue = JobQueue(client: client)
        accounts = AccountService(database: database, migrator: migrator, wakeups: wakeups)
        projects = ProjectService(
            database: database, secrets: secretBox,
            hosts: PlatformHosts(
                baseDomain: configuration.baseDomain, reserved: [configuration.platformHost], privateDomain: "switchyard.internal",
                scheme: "http", port: ports.http == 80 ? nil : ports.http),
            bounds: ResourceBounds.ofThisMachine())
        catalog = ProjectCatalog(projects: projects)
        logs = LogPipeline(
            database: database, wakeups: wakeups,
            settings: LogSettings(linesPerSecond: configuration.logRate, retentionDays: configuration.logRetentionDays), logger: logger)
        sink = LogStoreSink(pipeline: logs, logger: logger)
        blobs = try DiskBlobStore(directory: configuration.data + "/blobs")
        blobs.removeLeftovers()
    }

    func gateway(
        images: BuildsImageBuilder, router: EdgeRouter, orchestrator: any WorkloadOrchestrator, edge: EdgeControl
    ) -> GatewayServer {
        let services = GatewayServices(
            accounts: accounts, projects: projects,
            deployments: DeploymentService(database: database, catalog: catalog, builder: images, router: router), logs: logs.service,
            events: EventStore(database: database, wakeups: wakeups), blobs: blobs, wakeups: wakeups,
            openTerminal: { _, id, command, size, body in
                try await orchestrator.execute(in: id, command: command, size: size, body: body)
            },
            moreMetrics: { (try? await edge.metrics()) ?? "" })
        var gateway = GatewayConfiguration(host: configuration.apiAddress, port: ports.api, version: ProductVersion.current)
        gateway.maximumUploadSize = configuration.uploadLimit
        return GatewayServer(services: services, configuration: gateway, logger: logger)
    }
}
