import FoundationEssentials
import Resources
import Testing
import WebSocket

@testable import Yard

/// `yard ssh` and `yard run`.
@Suite("Terminal")
struct TerminalTests {
    private static let answer: YardServer.Handler = { request in
        switch request.line {
        case "GET /api/v1/projects/\(Samples.projectID)": try .json(Samples.shop)
        case "GET \(Samples.servicePath)": try .json(Samples.entry())
        case "GET \(Samples.servicePath)/variables/rendered": try .json(["PORT": "8080"])
        default: nil
        }
    }

    private func yard(_ server: YardServer, _ arguments: String..., input: String = "") async throws -> CommandRun.Result {
        let run = try CommandRun(server)
        run.set("SWITCHYARD_PROJECT_ID", "\(Samples.projectID)")
        run.set("SWITCHYARD_SERVICE_ID", "api")
        return await run.yard(arguments, in: nil, input: input)
    }

    @Test("the command, input, output and exit code go through the connection")
    func terminal() async throws {
        let script: YardServer.Live = { connection in
            let live = LiveScript(connection: connection)
            var received = Data()
            try await live.requests { request in
                switch request {
                case .terminal(let id, let deployment, let replica, let command, let columns, let rows):
                    #expect(id == "terminal" && deployment == Samples.deployment().id && replica == 1)
                    #expect(command == ["sh", "-c", "cat; exit 7"])
                    #expect(columns > 0 && rows > 0)
                case .input(_, let data):
                    received += Data(base64Encoded: data) ?? Data()
                    guard received.last == 4 else { return false }
                    try await live.send(.output(id: "terminal", data: Data("got \(received.count)".utf8).base64EncodedString()))
                    try await live.send(.end(id: "terminal", exitCode: 7))
                    return true
                default:
                    break
                }
                return false
            }
        }
        try await YardServer.run(live: script, Self.answer) { server in
            let result = try await yard(server, "ssh", "--replica", "1", "--", "sh", "-c", "cat; exit 7", input: "hello")
            #expect(result.code == 7, "\(result.errors)")
            #expect(result.output == "got 6")
            #expect(result.errors.isEmpty)
        }
    }

    @Test("a terminal whose connection breaks, or that is refused, is an error")
    func terminalFails() async throws {
        try await YardServer.run(live: { _ in }, Self.answer) { server in
            let result = try await yard(server, "ssh")
            #expect(result.code == 5)
        }
        let refuse: YardServer.Live = { connection in
            let problem = Problem(code: "REPLICA_NOT_FOUND", message: "there is no replica 4")
            try await LiveScript(connection: connection).send(.problem(id: "terminal", problem: problem))
            _ = await connection.closed()
        }
        try await YardServer.run(live: refuse, Self.answer) { server in
            let result = try await yard(server, "ssh", "--replica", "4")
            #expect(result.code == 1)
            #expect(result.errors.contains("there is no replica 4"))
        }
    }

    @Test("a command that isn't there is named")
    func runWithoutCommand() async throws {
        try await YardServer.run(Self.answer) { server in
            let result = try await yard(server, "run", "no-such-command-anywhere", "--flag")
            #expect(result.code == 4)
            #expect(result.errors.contains("no-such-command-anywhere"))
        }
    }
}
