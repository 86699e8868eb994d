import Accounts
import Deployments
import FoundationEssentials
import Gateway
import Kernel
import Logging
import Monitoring
import Orchestrator
import PostgresClient
import Projects
import Resources
import TestSupport

@testable import Gateway

/// One gateway on a free port with real services and a real database, shared by the tests of this process. It has two workspaces;
/// each test makes its own projects in them.
struct TestGateway: Sendable {
    static let shared = Task { try await TestGateway() }

    struct Tenant: Sendable {
        let workspace: Workspace.ID
        let owner: String
        let viewer: String
    }

    static let terminalExitCode = 7
    static let maximumUploadSize = 4 << 20

    let port: Int
    let services: GatewayServices
    let operations: [Operation]
    let pipeline: LogPipeline
    let database: Database
    let blobFolder: String
    /// The one under test.
    let home: Tenant
    /// Somebody else's.
    let other: Tenant

    private init() async throws {
        let database = Database(
            client: PostgresClient(
                configuration: .init(connectionString: try await TestPostgres.database().connectionString), logger: Self.silent))
        let wakeups = Wakeups(client: database.client, channels: [AccountService.revocationChannel, LogPipeline.channel])
        let migrator = Migrator(
            client: database.client,
            modules: [AccountService.schema, ProjectService.schema, deploymentsSchema, monitoringSchema])
        try await migrator.migrate()
        let accounts = AccountService(database: database, migrator: migrator, wakeups: wakeups)
        let keyring = try Keyring(keys: [1: Array(0..<32)])
        let projects = ProjectService(
            database: database, secrets: SecretBox(keyring: keyring), hosts: PlatformHosts(port: 8000),
            bounds: ResourceBounds(cpu: 2, memory: 4 << 30))
        let deployments = DeploymentService(
            database: database, catalog: TestCatalog(projects: projects), builder: TestBuilder(), router: TestRouter())
        let pipeline = LogPipeline(database: database, wakeups: wakeups, logger: Self.silent)
        let blobFolder = try TestFolder.make()
        let services = GatewayServices(
            accounts: accounts, projects: projects, deployments: deployments, logs: pipeline.service,
            events: EventStore(database: database, wakeups: wakeups), blobs: try DiskBlobStore(directory: blobFolder), wakeups: wakeups,
            openTerminal: TestTerminal.open, moreMetrics: { "edge_up 1\n" })
        var configuration = GatewayConfiguration(port: 0, version: "1.2.3", maximumUploadSize: Self.maximumUploadSize)
        configuration.reauthenticationInterval = .milliseconds(200)
        let server = GatewayServer(services: services, configuration: configuration, logger: Self.silent)
        let (ports, started) = AsyncStream.makeStream(of: Int.self)
        // They live as long as the process.
        Task { await wakeups.run() }
        Task { await pipeline.run() }
        Task { await accounts.followRevocations() }
        Task { try await server.run { started.yield($0) } }
        var iterator = ports.makeAsyncIterator()
        port = await iterator.next() ?? 0
        home = try await Self.tenant("home", database, migrator, accounts)
        other = try await Self.tenant("other", database, migrator, accounts)
        operations = GatewayServer.operations(services: services, configuration: configuration, metrics: RequestMetrics())
        self.services = services
        self.pipeline = pipeline
        self.database = database
        self.blobFolder = blobFolder
    }

    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// A token of a member with this role.
    func token(_ role: Role, in tenant: Tenant) async throws -> (id: AccessToken.ID, token: String) {
        try await Self.token(role, tenant.workspace, database, services.accounts)
    }

    private static func tenant(
        _ name: String, _ database: Database, _ migrator: Migrator, _ accounts: AccountService
    ) async throws -> Tenant {
        let workspace = Workspace.ID.new()
        _ = try await database.client.query("insert into switchyard.workspaces (id, name) values (\(workspace.uuid), \(name))")
        try await migrator.createTenant(workspace)
        return Tenant(
            workspace: workspace, owner: try await token(.owner, workspace, database, accounts).token,
            viewer: try await token(.viewer, workspace, database, accounts).token)
    }

    private static func token(
        _ role: Role, _ workspace: Workspace.ID, _ database: Database, _ accounts: AccountService
    ) async throws -> (id: AccessToken.ID, token: String) {
        let user = User.ID.new()
        _ = try await database.client.query("insert into switchyard.users (id, name) values (\(user.uuid), \(role.rawValue))")
        _ = try await database.client.query(
            "insert into switchyard.members (workspace_id, user_id, role) values (\(workspace.uuid), \(user.uuid), \(role.rawValue))")
        let access = try Caller.system("test").access(to: workspace, .workspaceWrite)
        let issued = try await accounts.issueToken(access, for: user, name: "test")
        return (issued.id, issued.token.reveal())
    }
}
