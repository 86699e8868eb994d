internal import FoundationEssentials
internal import Glibc
public import Logging
internal import PostgresClient
internal import Synchronization

/// A PostgreSQL server of our own, on a Unix socket in a private folder. It writes without fsync; it ends with the test process, however that ends.
public final class TestCluster: Sendable {
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    private static let running = Mutex<[String: TestCluster]>([:])

    private let folder: String
    private let programs: String
    private let server = Mutex<ChildProcess?>(nil)

    /// Makes a cluster and starts its server.
    public static func start() async throws -> TestCluster {
        let cluster = try TestCluster()
        let isFirst = running.withLock { running in
            running[cluster.folder] = cluster
            return running.count == 1
        }
        if isFirst { atexit { TestCluster.removeAll() } }
        let initialize = try await ChildProcess.start(
            cluster.unprivileged + [
                cluster.programs + "/initdb", "-D", cluster.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync",
            ], output: cluster.log)
        guard await initialize.exitStatus == 0 else { throw cluster.failure("initdb failed") }
        try await cluster.startServer()
        return cluster
    }

    private init() throws {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        guard let newest = versions.compactMap({ Int($0) }).max() else {
            throw Failure(description: "no PostgreSQL below /usr/lib/postgresql: install the package postgresql")
        }
        programs = "/usr/lib/postgresql/\(newest)/bin"
        folder = try TestFolder.make()
        if getuid() == 0 {
            guard let user = getpwnam("postgres"), chown(folder, user.pointee.pw_uid, user.pointee.pw_gid) == 0 else {
                throw Failure(description: "the user postgres is missing, whom PostgreSQL's package makes")
            }
        }
    }

    /// How to reach one of its databases.
    public func connectionString(database: String = "postgres") -> String {
        "host=\(folder) user=postgres dbname=\(database)"
    }

    /// Starts the server and returns when it answers.
    public func startServer() async throws {
        let settings = [
            "listen_addresses=", "unix_socket_directories=\(folder)", "fsync=off", "synchronous_commit=off", "full_page_writes=off",
            "max_connections=200", "shared_buffers=64MB", "autovacuum=off", "log_min_messages=fatal", "max_locks_per_transaction=256",
        ]
        let child = try await ChildProcess.start(
            unprivileged + [programs + "/postgres", "-D", data] + settings.flatMap { ["-c", $0] }, output: log)
        server.withLock { $0 = child }
        var configuration = PostgresClient.Configuration(connectionString: connectionString(), pipelinedConnections: 1)
        configuration.outagePatience = .seconds(60)
        let client = PostgresClient(configuration: configuration, logger: .silent)
        do {
            _ = try await client.query("select 1")
        } catch {
            throw failure("the server does not answer: \(error)")
        }
        await client.close()
    }

    /// Ends the server at once, as a crash would; or, when `inOrder`, after it has ended its sessions and written all.
    public func stopServer(inOrder: Bool = false) async {
        guard let child = server.withLock({ $0 }) else { return }
        child.signal(inOrder ? SIGINT : SIGQUIT)
        _ = await child.exitStatus
    }

    /// Stops the server and removes the folder.
    public func remove() async {
        await stopServer()
        Self.running.withLock { $0[folder] = nil }
        TestFolder.remove(folder)
    }

    private var data: String { folder + "/data" }
    private var log: String { folder + "/log" }

    /// PostgreSQL refuses to run as root. The signal ends it when the thread that started it is gone, with the test process.
    private var unprivileged: [String] {
        let identity = getuid() == 0 ? ["--reuid=postgres", "--regid=postgres", "--clear-groups"] : []
        let surroundings = ["/usr/bin/env", "--ignore-environment", "--chdir=/", "PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8"]
        return surroundings + ["setpriv"] + identity + ["--pdeathsig=QUIT", "--"]
    }

    private func failure(_ what: String) -> Failure {
        Failure(description: what + "\n" + ((try? String(contentsOfFile: log, encoding: .utf8)) ?? ""))
    }

    /// At the end of the process, where nothing can be awaited any more.
    private static func removeAll() {
        for cluster in running.withLock({ $0 }).values {
            let child = cluster.server.withLock { $0 }
            child?.signal(SIGQUIT)
            for _ in 0..<500 where child?.isRunning == true { usleep(10000) }
            TestFolder.remove(cluster.folder)
        }
    }
}

extension Logger {
    /// Logs nothing: a test looks at what happens.
    public static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
