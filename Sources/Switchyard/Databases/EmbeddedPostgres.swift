import FoundationEssentials
import Glibc
import Kernel
import Logging
import Processes

/// The platform's own PostgreSQL: Debian's package, run as its unprivileged user, on a Unix socket in the data folder that
/// nobody else can reach.
struct EmbeddedPostgres: Sendable {
    let directory: String
    let logFile: String
    let logger: Logger
    private let programs: String
    private let account: SystemAccount?

    /// - Throws: `POSTGRES_MISSING` when the package isn't installed.
    init(directory: String, logFile: String, logger: Logger) throws {
        self.directory = directory
        self.logFile = logFile
        self.logger = logger
        let root = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap(Int.init).sorted()
        guard let version = versions.last(where: { access("\(root)/\($0)/bin/postgres", X_OK) == 0 }) else {
            throw SwitchyardError(
                .unavailable, code: "POSTGRES_MISSING", "there is no PostgreSQL below \(root)",
                hint: "apt-get install postgresql, or set DATABASE_URL")
        }
        programs = "\(root)/\(version)/bin"
        account = getuid() == 0 ? SystemAccount.named("postgres") : nil
        if getuid() == 0 && account == nil {
            throw SwitchyardError(
                .unavailable, code: "POSTGRES_MISSING", "there is no user `postgres`, and PostgreSQL does not run as root",
                hint: "apt-get install postgresql")
        }
    }

    private var cluster: String { directory + "/cluster" }
    private var socket: String { directory + "/socket" }

    var connectionString: String {
        "host=\(socket) user=switchyard dbname=postgres application_name=switchyard connect_timeout=5"
    }

    /// Makes the cluster on the first start: beside its place and renamed, so that a killed start leaves no half one.
    func prepare() async throws {
        try makeFolder(directory)
        try makeFolder(socket)
        guard access(cluster + "/PG_VERSION", F_OK) != 0 else { return }
        let fresh = cluster + ".new"
        try? FileManager.default.removeItem(atPath: fresh)
        let made = try await run(
            "initdb",
            [
                "-D", fresh, "-U", "switchyard", "--auth-local=trust", "--auth-host=reject", "-E", "UTF8", "--locale=C.UTF-8",
                "--no-instructions",
            ])
        guard made.isSuccess else { throw Self.failed("initdb", made) }
        guard rename(fresh, cluster) == 0 else {
            throw SwitchyardError(.unavailable, code: "POSTGRES_NOT_MADE", "\(cluster): \(String(cString: strerror(errno)))")
        }
    }

    /// Sized for a small machine: 32 MiB of shared buffers, no JIT; what is committed is on disk.
    var daemon: Daemon {
        let settings = [
            "listen_addresses": "", "unix_socket_directories": socket, "unix_socket_permissions": "0700", "shared_buffers": "32MB",
            "max_connections": "100", "jit": "off", "max_wal_size": "512MB", "autovacuum_naptime": "60s", "wal_compression": "on",
            "log_min_duration_statement": "1s", "log_line_prefix": "%m [%p] ", "max_parallel_workers": "2", "huge_pages": "off",
        ]
        let arguments = settings.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
        return Daemon(
            name: "postgres",
            command: Command(
                programs + "/postgres", ["-D", cluster] + arguments, environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"],
                account: account),
            pidFile: directory + "/postgres.pid", logFile: logFile)
    }

    /// Supervises it until cancelled; it runs on then.
    func supervise() async {
        await Supervisor(daemon: daemon, logger: logger) { [programs, socket] in
            let answer = try? await Command(programs + "/pg_isready", ["-q", "-h", socket, "-t", "3"]).run(timeout: .seconds(5))
            return answer?.isSuccess ?? false
        }.run()
    }

    /// A fast shutdown: open transactions are rolled back, all else is written.
    func stop() async {
        await daemon.stop(signal: SIGINT, grace: .seconds(20))
    }

    private func run(_ program: String, _ arguments: [String]) async throws -> Finished {
        try await Command(
            programs + "/" + program, arguments, environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"], account: account
        ).run(timeout: .seconds(120))
    }

    private func makeFolder(_ path: String) throws {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST, chmod(path, 0o700) == 0 else {
            throw SwitchyardError(.unavailable, code: "POSTGRES_NOT_MADE", "\(path): \(String(cString: strerror(errno)))")
        }
        if let account, chown(path, account.user, account.group) != 0 {
            throw SwitchyardError(.unavailable, code: "POSTGRES_NOT_MADE", "\(path) cannot be given to `postgres`")
        }
    }

    private static func failed(_ step: String, _ finished: Finished) -> SwitchyardError {
        SwitchyardError(
            .unavailable, code: "POSTGRES_NOT_MADE", "\(step) failed: \(finished.errorOutput.suffix(400))",
            hint: "check the free space and the rights of the data folder")
    }
}
