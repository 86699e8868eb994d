import Kernel
import Logging
import PostgresClient
import Resources
import TestSupport

@testable import Monitoring

/// Logs in a database of their own, with one workspace.
struct LogFixture: Sendable {
    let database: Database
    let access: Access
    let folder: ScratchFolder
    let settings: LogSettings
    let pipeline: LogPipeline
    private let connectionString: String
    private let wakeups: Wakeups

    var client: PostgresClient { database.client }
    var writer: LogWriter { pipeline.writer }
    var ingest: LogIngest { pipeline.ingest }
    var service: LogService { pipeline.service }
    var collector: LogLineCollector { LogLineCollector(service: service, access: access) }
    var logger: Logger { .silent }

    fileprivate init(connectionString: String, workspace: Workspace.ID, settings: LogSettings, folder: ScratchFolder) throws {
        self.connectionString = connectionString
        self.settings = settings
        self.folder = folder
        access = try Caller.system("test").access(to: workspace, .logRead)
        database = Database(
            client: PostgresClient(configuration: .init(connectionString: connectionString, maximumLeases: 8), logger: .silent))
        wakeups = Wakeups(client: database.client, channels: [LogPipeline.channel])
        pipeline = LogPipeline(database: database, wakeups: wakeups, settings: settings, logger: .silent)
    }

    /// Another process on the same database; the test closes its client.
    func life() throws -> LogFixture {
        try LogFixture(connectionString: connectionString, workspace: access.workspace, settings: settings, folder: folder)
    }

    /// A new deployment of the workspace.
    func origin() -> LogOrigin {
        LogOrigin(workspace: access.workspace, environment: .new(), service: .new(), deployment: .new())
    }

    func accessOfAnotherWorkspace() async throws -> Access {
        let workspace = Workspace.ID.new()
        try await Migrator(client: client, modules: [monitoringSchema]).createTenant(workspace)
        return try Caller.system("test").access(to: workspace, .logRead)
    }

    /// Runs the pipeline as long as `body` takes.
    func running<T: Sendable>(_ body: () async throws -> T) async throws -> T {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await pipeline.run() }
            group.addTask { await wakeups.run() }
            defer { group.cancelAll() }
            return try await body()
        }
    }

    /// Ends all sessions that are writing lines.
    func breakConnections() async throws {
        _ = try await client.query(
            """
            select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
                and query not like 'LISTEN%' and query not like 'listen%'
            """)
    }
}

/// Gives the logs of a new database, and closes them afterwards.
func withLogs(_ settings: LogSettings = LogSettings(), _ body: (LogFixture) async throws -> Void) async throws {
    try await withLogs(settings, on: TestPostgres.database().connectionString, body)
}

/// Gives the logs of an empty database, and closes them afterwards.
func withLogs(
    _ settings: LogSettings = LogSettings(), on connectionString: String, _ body: (LogFixture) async throws -> Void
) async throws {
    let workspace = Workspace.ID.new()
    let logs = try LogFixture(
        connectionString: connectionString, workspace: workspace, settings: settings, folder: try ScratchFolder())
    do {
        let migrator = Migrator(client: logs.client, modules: [monitoringSchema])
        try await migrator.migrate()
        try await migrator.createTenant(workspace)
        try await body(logs)
        await logs.client.close()
    } catch {
        await logs.client.close()
        throw error
    }
}
