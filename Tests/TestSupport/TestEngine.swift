public import ContainerEngine
internal import FoundationEssentials
internal import Glibc
internal import Logging
public import Orchestrator
public import OrchestratorEngine
internal import Processes
public import Resources

/// An engine service of the test process's own, on a socket in a private folder. It shares the machine's images and containers,
/// so all that tests make bears the name ``instance``. It ends with the test process.
public final class TestEngine: Sendable {
    public let service: EngineService
    public let client: EngineClient
    public let orchestrator: EngineOrchestrator
    /// The pid file of the service.
    public let pidFile: String

    /// The same for all tests of a process, another for each process.
    public static let instance = "\(prefix)\(getpid())"
    private static let prefix = "swengine-"
    private static let folder = "/tmp/\(instance)"
    private static let started = Task { try await start() }

    private init(service: EngineService, client: EngineClient, orchestrator: EngineOrchestrator, pidFile: String) {
        self.service = service
        self.client = client
        self.orchestrator = orchestrator
        self.pidFile = pidFile
    }

    /// Started by the first who asks.
    public static func shared() async throws -> TestEngine {
        try await started.value
    }

    private static func start() async throws -> TestEngine {
        removeLeftovers()
        atexit { TestEngine.removeAll(TestEngine.instance) }
        try await TestImage.ensure()
        var configuration = EngineService.Configuration(runFolder: folder, logFile: folder + "/podman.log")
        // Also where a Docker runs: the tests' images are made with Podman.
        configuration.wanted = .ownPodman
        let service = try await EngineService.open(configuration, logger: .quiet)
        let client = try await service.connect()
        return TestEngine(
            service: service, client: client,
            orchestrator: try EngineOrchestrator(client: client, instance: instance, logger: .quiet), pidFile: folder + "/podman.pid")
    }

    /// Runs `body` with the id of an environment that has a network, and removes whatever it made there.
    public func withEnvironment<Result: Sendable>(_ body: @Sendable (Environment.ID) async throws -> Result) async throws -> Result {
        let environment = Environment.ID.new()
        try await orchestrator.ensureNetwork(for: environment)
        do {
            let result = try await body(environment)
            try await remove(environment)
            return result
        } catch {
            try await remove(environment)
            throw error
        }
    }

    private func remove(_ environment: Environment.ID) async throws {
        let orchestrator = orchestrator
        // Not cancelled with a test that ran out of time.
        try await Task {
            for workload in try await orchestrator.list(.environment(environment)) { try await orchestrator.remove(workload.id) }
            try await orchestrator.removeNetwork(for: environment)
        }.value
    }

    /// A workload of the test image that runs `command`.
    public static func workload(in environment: Environment.ID, named name: String = "web", running command: [String]? = nil) -> Workload {
        let id = WorkloadID(environment: environment, service: .new(), deployment: .new(), replica: 0)
        return Workload(
            id: id, serviceName: name, image: TestImage.reference, command: command, port: 8080,
            limits: .init(cpu: 0.5, memory: 64 << 20, processes: 64), stopGrace: .seconds(1))
    }

    /// What test processes that crashed have left.
    private static func removeLeftovers() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/tmp")) ?? [] where name.hasPrefix(prefix) {
            guard let pid = pid_t(name.dropFirst(prefix.count)), Glibc.kill(pid, 0) != 0 else { continue }
            removeAll(name)
        }
    }

    /// When a test process ends: what tests that were broken off have left, then the services themselves.
    private static func removeAll(_ instance: String) {
        let folder = "/tmp/\(instance)"
        for kind in [
            ["rm", "--force", "--time", "0", "--filter"], ["network", "prune", "--force", "--filter"],
            ["volume", "prune", "--force", "--filter"],
        ] {
            runToItsEnd(["podman"] + kind + ["label=switchyard.instance=\(instance)"])
        }
        for place in [folder, folder + "/second"] {
            Daemon(name: "podman", command: Command("podman", []), pidFile: place + "/podman.pid", logFile: place + "/podman.log").kill()
        }
        try? FileManager.default.removeItem(atPath: folder)
    }

    private static func runToItsEnd(_ arguments: [String]) {
        var pid = pid_t()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor: Int32 in [1, 2] { posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0) }
        var pointers = arguments.map { strdup($0) } + [nil]
        defer { pointers.forEach { free($0) } }
        if posix_spawnp(&pid, arguments[0], &actions, nil, &pointers, environ) == 0 { waitpid(pid, nil, 0) }
    }
}

extension Logger {
    /// Says nothing: tests check what is so, not what is logged.
    fileprivate static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
