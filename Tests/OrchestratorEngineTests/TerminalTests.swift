import Orchestrator
import OrchestratorEngine
import TestSupport
import Testing

@Suite("Terminals in a workload", .serialized, .timeLimit(.minutes(2)))
struct TerminalTests {
    @Test("what is typed arrives, the size follows the window, and the exit code comes back")
    func conversation() async throws {
        let engine = try await TestEngine.shared()
        try await engine.withEnvironment { environment in
            let workload = TestEngine.workload(in: environment)
            try await engine.orchestrator.apply(workload)
            let seen = Collected()
            let code = try await engine.orchestrator.execute(in: workload.id, command: ["sh"], size: .init(columns: 99, rows: 33)) {
                terminal in
                var hasResized = false
                try await terminal.write(Array("stty size; echo te''rm=$TERM\n".utf8))
                for try await chunk in terminal.output {
                    await seen.add(chunk)
                    guard !hasResized, await seen.text.contains("term=xterm-256color") else { continue }
                    hasResized = true
                    try await terminal.resize(.init(columns: 120, rows: 40))
                    try await terminal.write(Array("stty size; exit 42\n".utf8))
                }
            }
            #expect(code == 42)
            #expect(await seen.text.contains("33 99"))
            #expect(await seen.text.contains("40 120"))
        }
    }

    @Test("one whose reader leaves is hung up: its command doesn't run on, even when it ignores that")
    func hangUp() async throws {
        let engine = try await TestEngine.shared()
        try await engine.withEnvironment { environment in
            let workload = TestEngine.workload(in: environment)
            try await engine.orchestrator.apply(workload)
            let command = ["sh", "-c", "trap '' HUP; echo started; sleep 987654"]
            let code = try await engine.orchestrator.execute(in: workload.id, command: command, size: .init(columns: 80, rows: 24)) {
                terminal in
                for try await _ in terminal.output { break }
            }
            #expect(code == nil)
            try await engine.waitForEnd(ofProcessesWith: "trap", in: workload.id)
        }
    }

    @Test("one whose task is cancelled is hung up")
    func cancellation() async throws {
        let engine = try await TestEngine.shared()
        try await engine.withEnvironment { environment in
            let workload = TestEngine.workload(in: environment)
            try await engine.orchestrator.apply(workload)
            let (started, continuation) = AsyncStream.makeStream(of: Void.self)
            let task = Task {
                try await engine.orchestrator.execute(
                    in: workload.id, command: ["sh", "-c", "echo started; exec sleep 987654"], size: .init(columns: 80, rows: 24)
                ) { terminal in
                    for try await _ in terminal.output { continuation.yield() }
                }
            }
            for await _ in started { break }
            task.cancel()
            await #expect(throws: (any Error).self) { _ = try await task.value }
            try await engine.waitForEnd(ofProcessesWith: "987654", in: workload.id)
        }
    }

    @Test("much output arrives whole, and a slow reader holds it back")
    func volume() async throws {
        let engine = try await TestEngine.shared()
        try await engine.withEnvironment { environment in
            let workload = TestEngine.workload(in: environment)
            try await engine.orchestrator.apply(workload)
            let result = try await engine.run(["sh", "-c", "stty -onlcr; seq 200000"], in: workload.id)
            #expect(result.output.split(separator: "\n").count == 200_000)
            #expect(result.output.hasSuffix("200000\n"))
            #expect(result.exitCode == 0)
        }
    }

    @Test("a stopped, a missing workload and a missing program have their own errors")
    func refusals() async throws {
        let engine = try await TestEngine.shared()
        try await engine.withEnvironment { environment in
            let workload = TestEngine.workload(in: environment)
            func code(_ command: [String]) async -> OrchestratorError.Code? {
                do {
                    _ = try await engine.run(command, in: workload.id)
                    return nil
                } catch {
                    return (error as? OrchestratorError)?.code
                }
            }
            #expect(await code(["sh"]) == .missing)
            try await engine.orchestrator.apply(workload)
            let missing = await code(["/no/such/program"])
            #expect(missing == .commandNotFound)
            #expect(await code([]) == .invalid)
            #expect(await code(["sh", "a\0b"]) == .invalid)
            try await engine.orchestrator.stop(workload.id, grace: .zero)
            #expect(await code(["sh"]) == .notRunning)
        }
    }

    @Test("sizes that no terminal has are taken to ones it can have")
    func sizes() {
        #expect(TerminalSize(columns: 0, rows: -5) == TerminalSize(columns: 1, rows: 1))
        #expect(TerminalSize(columns: .max, rows: 24) == TerminalSize(columns: 1000, rows: 24))
    }
}
