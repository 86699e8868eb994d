import ContainerEngine
import FoundationEssentials
import Glibc
import Logging
import Orchestrator
import OrchestratorEngine
import TestSupport
import Testing

@Suite("The engine's own service", .timeLimit(.minutes(3)))
struct EngineServiceTests {
    @Test("killed, it is started again; containers run on, the client and its events recover")
    func killed() async throws {
        let engine = try await TestEngine.shared()
        // Below the shared one's folder, so that it goes with it.
        let folder = "/tmp/\(TestEngine.instance)/second"
        var configuration = EngineService.Configuration(runFolder: folder, logFile: folder + "/log")
        configuration.wanted = .ownPodman
        let logger = Self.logger
        let service = try await EngineService.open(configuration, logger: logger)
        let client = try await service.connect()
        let orchestrator = try EngineOrchestrator(client: client, instance: TestEngine.instance, logger: logger)
        let supervision = Task { await service.run() }
        try await engine.withEnvironment { [configuration] environment in
            let workload = TestEngine.workload(in: environment)
            let before = try await orchestrator.apply(workload)
            var events = orchestrator.events().makeAsyncIterator()
            #expect(await events.next() == .resumed)

            kill(try #require(Self.pid(folder)), SIGKILL)
            // First the events tell that they stand again, then calls work on.
            while let event = await events.next(), event != .resumed {}
            let after = try await orchestrator.status(of: workload.id)
            #expect(after == before)

            // The next process finds the same service.
            let pid = Self.pid(folder)
            let again = try await EngineService.open(configuration, logger: logger)
            #expect(again.isOwn)
            #expect(Self.pid(folder) == pid)
            try await orchestrator.remove(workload.id)
        }
        supervision.cancel()
        await supervision.value
        // Cancelled supervision leaves it running.
        #expect(kill(try #require(Self.pid(folder)), 0) == 0)
        await client.close()
        await service.stop()
        #expect(Self.pid(folder) == nil)
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test("a socket that is given is used, and without an engine behind it refused")
    func givenSocket() async throws {
        let engine = try await TestEngine.shared()
        try await inFolder { folder in
            var configuration = EngineService.Configuration(runFolder: folder, logFile: folder + "/log")
            configuration.wanted = .socket(engine.service.socketPath)
            let service = try await EngineService.open(configuration, logger: Self.logger)
            #expect(!service.isOwn)
            // Builds need one as well.
            #expect(service.runtime != nil)
        }
        let path = "/" + String(repeating: "long", count: 40)
        var configuration = EngineService.Configuration(runFolder: path, logFile: path + "/log")
        configuration.wanted = .ownPodman
        let tooLong = configuration
        await #expect { _ = try await EngineService.open(tooLong, logger: Self.logger) } throws: {
            ($0 as? OrchestratorError)?.code == .invalid
        }
    }

    @Test("a running Docker is taken before an own Podman, and whatever was taken once is kept")
    func choice() async throws {
        let engine = try await TestEngine.shared()
        try await inFolder { folder in
            var configuration = EngineService.Configuration(runFolder: folder, logFile: folder + "/log")
            configuration.choiceFile = folder + "/engine"
            configuration.dockerSocket = folder + "/nobody.sock"
            #expect(try await EngineChoice.make(configuration) == .ownPodman)
            configuration.podman = "no-such-podman"
            let none = configuration
            await #expect { _ = try await EngineChoice.make(none) } throws: {
                ($0 as? OrchestratorError)?.code == .unavailable
            }
            configuration.podman = "podman"
            configuration.dockerSocket = engine.service.socketPath
            let service = try await EngineService.open(configuration, logger: Self.logger)
            #expect(!service.isOwn && service.socketPath == engine.service.socketPath)

            // Its containers are there: another engine would not know them.
            configuration.dockerSocket = nil
            #expect(try await EngineChoice.make(configuration) == .socket(engine.service.socketPath))
            configuration.wanted = .ownPodman
            #expect(try await EngineChoice.make(configuration) == .ownPodman)
        }
    }

    @Test("the own service is started anew with another registries' file, and goes on with the same")
    func registries() async throws {
        try await inFolder { folder in
            var configuration = EngineService.Configuration(runFolder: folder, logFile: folder + "/log")
            configuration.wanted = .ownPodman
            let first = try await EngineService.open(configuration, logger: Self.logger)
            let pid = Self.pid(folder)
            configuration.registriesFile = folder + "/registries.conf"
            try Data().write(to: URL(filePath: folder + "/registries.conf"))
            let second = try await EngineService.open(configuration, logger: Self.logger)
            let other = Self.pid(folder)
            #expect(other != nil && other != pid)
            _ = try await EngineService.open(configuration, logger: Self.logger)
            #expect(Self.pid(folder) == other)
            #expect(first.socketPath == second.socketPath)
            await second.stop()
        }
    }

    @Test("the own service pulls through the mirrors of the operator's file, also after it was changed")
    func mirrors() async throws {
        try await TestRegistry.with(asksForLogin: false) { registry in
            try await inFolder { folder in
                var configuration = EngineService.Configuration(runFolder: folder, logFile: folder + "/log")
                configuration.wanted = .ownPodman
                configuration.registriesFile = folder + "/registries.conf"
                for name in ["first", "second"] {
                    let image = "\(name)\(getpid()).example/team/app:1"
                    try registry.writeRegistriesFile(mirrorOf: "\(name)\(getpid()).example", to: folder + "/registries.conf")
                    let service = try await EngineService.open(configuration, logger: Self.logger)
                    let client = try await service.connect()
                    let orchestrator = try EngineOrchestrator(client: client, instance: TestEngine.instance, logger: Self.logger)
                    var pulled: ImageDetails?
                    // The service takes a changed file over on a thread of its own.
                    for _ in 0..<50 where pulled == nil {
                        pulled = try? await orchestrator.pull(image, credentials: nil) { _ in }
                        if pulled == nil { try await Task.sleep(for: .milliseconds(100)) }
                    }
                    #expect(pulled != nil, "\(image)")
                    try await orchestrator.removeImage(image)
                    await client.close()
                }
            }
        }
    }

    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func inFolder(_ body: (String) async throws -> Void) async throws {
        // Below the shared one's folder, so that it goes with it.
        let folder = "/tmp/\(TestEngine.instance)/\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer {
            if let pid = Self.pid(folder) { kill(pid, SIGKILL) }
            try? FileManager.default.removeItem(atPath: folder)
        }
        try await body(folder)
    }

    /// The pid file's first word.
    private static func pid(_ folder: String) -> Int32? {
        (try? String(contentsOfFile: folder + "/podman.pid", encoding: .utf8))?.split(separator: " ").first.flatMap { Int32($0) }
    }
}
