import Glibc
import Logging
import Synchronization
import Testing

@testable import Processes

@Suite struct SupervisorTests {
    private func daemon(in folder: String, _ script: String) -> Daemon {
        Daemon(name: "test", command: Command("/bin/sh", ["-c", script]), pidFile: folder + "/pid", logFile: folder + "/log")
    }

    private func quick() -> Supervisor.Timing {
        var timing = Supervisor.Timing()
        timing.interval = .milliseconds(10)
        timing.healthInterval = .milliseconds(20)
        timing.firstPause = .milliseconds(10)
        return timing
    }

    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test("a daemon that is killed is started again, and left running when the supervisor is cancelled")
    func restarts() async throws {
        try await withTemporaryDirectory { folder in
            let daemon = daemon(in: folder, "exec sleep 1000")
            let supervisor = Supervisor(daemon: daemon, timing: quick(), logger: logger)
            let task = Task { await supervisor.run() }
            #expect(await eventually { daemon.isRunning() })
            let first = try #require(daemon.runningPid)
            kill(first, SIGKILL)
            #expect(await eventually { daemon.runningPid.map { $0 != first } ?? false })
            #expect(await eventually { await supervisor.restarts == 1 })
            task.cancel()
            await task.value
            #expect(daemon.isRunning())
            await daemon.stop(signal: SIGKILL)
        }
    }

    @Test("a daemon that keeps being unhealthy is started again")
    func unhealthy() async throws {
        try await withTemporaryDirectory { folder in
            let daemon = daemon(in: folder, "exec sleep 1000")
            let answers = Mutex(0)
            let supervisor = Supervisor(daemon: daemon, timing: quick(), logger: logger) {
                answers.withLock { (count: inout Int) -> Bool in
                    count += 1
                    return count > 3
                }
            }
            let task = Task { await supervisor.run() }
            #expect(await eventually { await supervisor.restarts == 1 && daemon.isRunning() })
            task.cancel()
            await task.value
            await daemon.stop(signal: SIGKILL)
        }
    }

    @Test("one that cannot start says why, and starts when its preparation passes")
    func preparation() async throws {
        try await withTemporaryDirectory { folder in
            let daemon = daemon(in: folder, "exec sleep 1000")
            let mayStart = Mutex(false)
            let supervisor = Supervisor(
                daemon: daemon, timing: quick(), logger: logger,
                prepare: {
                    guard mayStart.withLock({ $0 }) else { throw ProcessError(.controlFailed, "the configuration is wrong") }
                })
            let task = Task { await supervisor.run() }
            #expect(
                await eventually {
                    guard case .failed(let reason) = await supervisor.state else { return false }
                    return reason.contains("the configuration is wrong")
                })
            mayStart.withLock { $0 = true }
            #expect(await eventually { daemon.isRunning() })
            task.cancel()
            await task.value
            await daemon.stop(signal: SIGKILL)
        }
    }
}
