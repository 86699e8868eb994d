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
        let configuration = EngineService.Configuration(runFolder: folder, logFile: folder + "/log")
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let service = try await EngineService.open(configuration, logger: logger)
        let client = try await service.connect()
        let orchestrator = try EngineOrchestrator(client: client, instance: TestEngine.instance, logger: logger)
        let supervision = Task { await service.run() }
        try await engine.withEnvironment { environment in
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
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        var configuration = EngineService.Configuration(runFolder: "/nowhere", logFile: "/nowhere/log")
        configuration.socketPath = engine.service.socketPath
        let service = try await EngineService.open(configuration, logger: logger)
        #expect(!service.isOwn)
        let path = "/" + String(repeating: "long", count: 40)
        configuration = EngineService.Configuration(runFolder: path, logFile: path + "/log")
        await #expect { _ = try await EngineService.open(configuration, logger: logger) } throws: {
            ($0 as? OrchestratorError)?.code == .invalid
        }
    }

    /// The pid file's first word.
    private static func pid(_ folder: String) -> Int32? {
        (try? String(contentsOfFile: folder + "/podman.pid", encoding: .utf8))?.split(separator: " ").first.flatMap { Int32($0) }
    }
}
