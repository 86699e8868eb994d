import FoundationEssentials
import Glibc
import Resources

/// A terminal in a replica, joined to the user's own.
struct TerminalSession: Sendable {
    private static let id = "terminal"

    let client: YardClient
    let surroundings: Surroundings
    let deployment: Deployment.ID
    let replica: Int
    /// Empty: the replica's shell.
    let command: [String]

    /// Returns the command's exit code.
    ///
    /// - Throws: ``YardError``
    func run() async throws -> Int32 {
        let live = try await LiveConnection.open(client)
        let size = TerminalMode.size()
        try await live.send(
            .terminal(
                id: Self.id, deployment: deployment, replica: replica, command: command, columns: size.columns, rows: size.rows))
        let code =
            if surroundings.input.isTerminal {
                try await TerminalMode.raw { try await join(live) }
            } else {
                try await join(live)
            }
        await live.close()
        return code
    }

    private func join(_ live: LiveConnection) async throws -> Int32 {
        try await withThrowingTaskGroup(of: Int32?.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                for await bytes in surroundings.input.chunks() {
                    try await live.send(.input(id: Self.id, data: Data(bytes).base64EncodedString()))
                }
                // A terminal's way to say that nothing follows.
                if !Task.isCancelled { try await live.send(.input(id: Self.id, data: Data([4]).base64EncodedString())) }
                return nil
            }
            group.addTask {
                for await _ in Signals.stream(of: SIGWINCH) {
                    let size = TerminalMode.size()
                    try await live.send(.resize(id: Self.id, columns: size.columns, rows: size.rows))
                }
                return nil
            }
            group.addTask {
                for await _ in Signals.stream(of: SIGTERM) {
                    throw YardError(.interrupted, code: "INTERRUPTED", "the terminal was ended by a signal")
                }
                return nil
            }
            group.addTask { try await receive(live) }
            while let result = try await group.next() {
                if let code = result { return code }
            }
            throw CancellationError()
        }
    }

    private func receive(_ live: LiveConnection) async throws -> Int32 {
        let code = try await live.receive { message -> Int32? in
            switch message {
            case .output(_, let data):
                surroundings.console.send(Array(Data(base64Encoded: data) ?? Data()), .output)
            case .end(_, let exitCode):
                return Int32(truncatingIfNeeded: exitCode ?? 0)
            case .problem(_, let problem):
                throw YardError(.failed, problem: problem)
            default:
                break
            }
            return nil
        }
        guard let code else {
            throw YardError(
                .unreachable, code: "UNREACHABLE", "the terminal's connection was closed by the server",
                hint: "Open it again with `yard ssh`.")
        }
        return code
    }
}
