import ContainerEngine
import Glibc
public import Orchestrator
import Synchronization

extension EngineOrchestrator {
    public func execute(
        in id: WorkloadID, command: [String], size: TerminalSize, body: @Sendable (Terminal) async throws -> Void
    ) async throws -> Int? {
        try WorkloadRules.checkCommand(command.isEmpty ? [""] : command)
        return try await translatingErrors(about: id) {
            let container = try await client.container(names.container(id))
            guard container.state.isRunning else {
                throw OrchestratorError(.notRunning, "replica \(id.replica) of deployment \(id.deployment) isn't running")
            }
            let exec = try await client.createExec(in: container.id, command: command, environment: ["TERM=xterm-256color"])
            do {
                let hasPrinted = try await run(exec, size: size, body: body)
                return try await end(exec, in: container.id, command: command, hasPrinted: hasPrinted)
            } catch {
                // Also when this task was cancelled: a terminal that nobody watches must not run on.
                await Task { await hangUp(exec, in: container.id) }.value
                throw error
            }
        }
    }

    /// Returns whether the command printed anything itself.
    private func run(_ exec: String, size: TerminalSize, body: @Sendable (Terminal) async throws -> Void) async throws -> Bool {
        try await client.startExec(exec, columns: size.columns, rows: size.rows) { stream in
            let hasPrinted = Printed()
            let terminal = Terminal(
                output: hasPrinted.watching(stream.output),
                write: { bytes in
                    do {
                        try await stream.write(bytes)
                    } catch let error as EngineError {
                        throw OrchestratorError(.notRunning, error.message)
                    }
                },
                resize: { size in
                    do {
                        try await client.resizeExec(exec, columns: size.columns, rows: size.rows)
                    } catch let error as EngineError {
                        // The command just ended, which its reader hears soon.
                        if error.code == .unreachable || error.code == .timedOut { throw OrchestratorError(error, about: nil) }
                    }
                })
            try await body(terminal)
            return hasPrinted.value
        }
    }

    /// The exit code of a command that ended; one that still runs is hung up.
    private func end(_ exec: String, in container: String, command: [String], hasPrinted: Bool) async throws -> Int? {
        // The stream ends a moment before the engine knows the exit code.
        for _ in 0..<20 {
            let details = try await client.exec(exec)
            if !details.isRunning {
                let code = details.exitCode ?? 0
                if !hasPrinted, code == 126 || code == 127 {
                    throw OrchestratorError(
                        .commandNotFound, "the command '\(command[0].prefix(80))' isn't in the container or can't be run")
                }
                return code
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        await hangUp(exec, in: container)
        return nil
    }

    /// Ends a command that still runs, as a terminal does when its window is closed: SIGHUP, and SIGKILL to what ignores it.
    /// Engines let it run on when its connection closes, and have no call for this.
    private func hangUp(_ exec: String, in container: String) async {
        for signal in [SIGHUP, SIGKILL] {
            guard let details = try? await client.exec(exec), details.isRunning, let pid = details.processID, pid > 1,
                ProcessFiles.isProcess(pid, ofContainer: container)
            else { return }
            kill(pid_t(pid), signal)
            for _ in 0..<20 {
                guard ProcessFiles.isProcess(pid, ofContainer: container) else { return }
                try? await Task.sleep(for: .milliseconds(50))
            }
        }
    }
}

/// Whether a command printed anything itself. When it can't be started at all, the engine says so in its place.
private final class Printed: Sendable {
    private let flag = Atomic(false)

    var value: Bool { flag.load(ordering: .relaxed) }

    func watching(_ output: any AsyncSequence<[UInt8], any Error> & Sendable) -> any AsyncSequence<[UInt8], any Error> & Sendable {
        watched(output)
    }

    private func watched(_ output: some AsyncSequence<[UInt8], any Error> & Sendable) -> some AsyncSequence<[UInt8], any Error> & Sendable {
        output.map { chunk in
            // Podman: `Error: runc: exec failed: ...`; Docker: `OCI runtime exec failed: ...`.
            if !self.value, !String(decoding: chunk, as: UTF8.self).contains("exec failed: ") {
                self.flag.store(true, ordering: .relaxed)
            }
            return chunk
        }
    }
}
