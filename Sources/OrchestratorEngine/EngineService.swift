public import ContainerEngine
import FoundationEssentials
import Glibc
public import Logging
import Orchestrator
import Processes

/// The engine that an installation uses: one that somebody else runs, Docker as a rule, or a Podman service of its own, which
/// outlives this process and is found again by the next.
public struct EngineService: Sendable {
    public struct Configuration: Sendable {
        /// What the operator wants; nil: what an earlier start took, else a running Docker, else an own Podman service.
        public var wanted: EngineChoice?
        /// Remembers what was taken, because containers and volumes don't move from one engine to another; nil: nothing does.
        public var choiceFile: String?
        /// Where a running Docker is looked for; nil: nowhere.
        public var dockerSocket: String? = "/var/run/docker.sock"
        /// Where the own service's socket and pid file are; an absolute path.
        public var runFolder: String
        /// What the own service writes goes there.
        public var logFile: String
        /// The OCI runtime of the own service; nil: the first that works.
        public var runtime: String?
        /// The program.
        public var podman = "podman"
        /// Mirrors and short names of registries for the own service (`containers-registries.conf(5)`); nil: the machine's.
        public var registriesFile: String?

        public init(runFolder: String, logFile: String) {
            self.runFolder = runFolder
            self.logFile = logFile
        }
    }

    public let socketPath: String
    /// The OCI runtime that works on this machine; nil when none was found, which only matters to builds where the engine is
    /// somebody else's.
    public let runtime: String?
    /// Nil when the engine is somebody else's.
    private let daemon: Daemon?
    private let logger: Logger

    /// `sockaddr_un` has no room for more.
    private static let longestSocketPath = 107

    /// Finds the engine, or starts it, and waits until it answers.
    /// - Throws: `OrchestratorError` (`unavailable`) that says what is missing.
    public static func open(_ configuration: Configuration, logger: Logger) async throws -> EngineService {
        let choice = try await EngineChoice.make(configuration)
        let service =
            switch choice {
            case .ownPodman: try await ownPodman(configuration, logger)
            case .socket(let path): try await engineOfAnother(path, configuration, logger)
            }
        if let file = configuration.choiceFile { try choice.write(to: file) }
        return service
    }

    /// A client of it; the caller closes it.
    public func connect() async throws -> EngineClient {
        do {
            return try await EngineClient.connect(socketPath: socketPath)
        } catch let error as EngineError {
            throw OrchestratorError(error, about: nil)
        }
    }

    /// Whether this installation started the engine and looks after it.
    public var isOwn: Bool { daemon != nil }

    /// Keeps an own service running until the task is cancelled, and leaves it running then. Waits only for another's.
    public func run() async {
        guard let daemon else {
            while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
            return
        }
        let path = socketPath
        await Supervisor(
            daemon: daemon, logger: logger, isHealthy: { await Self.answers(path) }, prepare: { Self.removeSocket(path) }
        ).run()
    }

    /// Ends an own service. Containers run on.
    public func stop() async {
        await daemon?.stop(grace: .seconds(10))
        if daemon != nil { Self.removeSocket(socketPath) }
    }

    private static func engineOfAnother(_ path: String, _ configuration: Configuration, _ logger: Logger) async throws -> EngineService {
        try await requireAnswer(path)
        let runtime = try? await workingRuntime(configuration)
        return EngineService(socketPath: path, runtime: runtime, daemon: nil, logger: logger)
    }

    private static func ownPodman(_ configuration: Configuration, _ logger: Logger) async throws -> EngineService {
        let socket = "\(configuration.runFolder)/podman.sock"
        guard socket.utf8.count <= longestSocketPath else {
            throw OrchestratorError(.invalid, "the path \(socket) is too long for a socket: at most \(longestSocketPath) bytes")
        }
        let runtime = try await workingRuntime(configuration)
        let daemon = Daemon(
            name: "podman",
            command: Command(
                configuration.podman, ["--runtime", runtime, "system", "service", "--time=0", "unix://\(socket)"],
                // In the run folder, because conmon leaves a file `oom` in the folder that it inherits.
                environment: environment(configuration), directory: configuration.runFolder),
            pidFile: "\(configuration.runFolder)/podman.pid", logFile: configuration.logFile)
        do {
            try FileManager.default.createDirectory(atPath: configuration.runFolder, withIntermediateDirectories: true)
            await takeOverRegistries(daemon, configuration)
            if !daemon.isRunning() { removeSocket(socket) }
            let pid = try await daemon.adoptOrStart()
            logger.info("podman serves", metadata: ["pid": "\(pid)", "runtime": "\(runtime)", "socket": "\(socket)"])
        } catch let error as ProcessError {
            throw OrchestratorError(.unavailable, "podman can't be started: \(error.message)")
        }
        try await requireAnswer(socket)
        return EngineService(socketPath: socket, runtime: runtime, daemon: daemon, logger: logger)
    }

    private static func workingRuntime(_ configuration: Configuration) async throws -> String {
        if let runtime = configuration.runtime { return runtime }
        let trials = await ContainerRuntime.findWorking(folder: configuration.runFolder)
        if let working = trials.working { return working.name }
        let reasons = trials.failures.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: "; ")
        throw OrchestratorError(.unavailable, "no OCI runtime can start a container on this machine (\(reasons))")
    }

    /// Podman reads the registries' file when it starts, and again at a SIGHUP; which file that is, its environment says.
    /// Containers run on without the service.
    private static func takeOverRegistries(_ daemon: Daemon, _ configuration: Configuration) async {
        guard let pid = daemon.runningPid else { return }
        let variables = ProcessFiles.text("/proc/\(pid)/environ").split(separator: "\0")
        let used = variables.first { $0.hasPrefix("\(registriesVariable)=") }?.dropFirst(registriesVariable.utf8.count + 1)
        if used.map(String.init) != environment(configuration)[registriesVariable] {
            await daemon.stop(grace: .seconds(10))
        } else if used != nil {
            // It may end just now, and is started again then.
            try? daemon.send(signal: SIGHUP)
        }
    }

    private static let registriesVariable = "CONTAINERS_REGISTRIES_CONF"

    private static func environment(_ configuration: Configuration) -> [String: String] {
        var environment = inheritedEnvironment()
        if let file = configuration.registriesFile { environment[registriesVariable] = file }
        return environment
    }

    /// What Podman may need of our environment, and none of our secrets.
    private static func inheritedEnvironment() -> [String: String] {
        let names = ["PATH", "HOME", "USER", "LANG", "TMPDIR", "XDG_RUNTIME_DIR", "REGISTRY_AUTH_FILE", "SSL_CERT_FILE", "SSL_CERT_DIR"]
        let prefixes = ["CONTAINERS_", "STORAGE_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"]
        return ProcessInfo.processInfo.environment.filter { variable in
            names.contains(variable.key) || prefixes.contains { variable.key.hasPrefix($0) }
        }
    }

    /// The installed version of Podman; nil when there is none.
    static func version(of podman: String) async -> String? {
        let finished = try? await Command(podman, ["--version"]).run(limit: 4096, timeout: .seconds(10))
        guard let finished, finished.isSuccess else { return nil }
        return finished.output.split(whereSeparator: \.isWhitespace).last.map { String($0) }
    }

    /// Whether an engine answers at a socket.
    static func answers(_ socketPath: String) async -> Bool {
        guard access(socketPath, F_OK) == 0 else { return false }
        return await EngineClient.isAnswering(socketPath: socketPath)
    }

    private static func requireAnswer(_ socketPath: String) async throws {
        let deadline = ContinuousClock.now + .seconds(15)
        while !(await answers(socketPath)) {
            guard ContinuousClock.now < deadline else {
                throw OrchestratorError(.unavailable, "no container engine answers at \(socketPath)", isTransient: true)
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// A service that was killed leaves its socket, and Podman doesn't start over it.
    private static func removeSocket(_ path: String) {
        unlink(path)
    }
}
