import Accounts
import FoundationEssentials
import Kernel
import Monitoring
import NIOHTTP1
import Resources
import Testing
import WebSocket

@testable import Gateway

/// The WebSocket `/api/v1/live`.
@Suite(.timeLimit(.minutes(4)))
struct LiveTests {
    @Test("without a valid token it is refused like any request", arguments: [nil, "Bearer sy_wrong"])
    func refused(header: String?) async throws {
        let gateway = try await TestGateway.shared.value
        let error = await #expect(throws: WebSocketError.self) {
            try await WebSocketClient.connect(to: gateway.liveURL, headers: header.map { [("Authorization", $0)] } ?? [])
        }
        guard case .rejected(let status, let body) = error else {
            Issue.record("unexpected \(String(describing: error))")
            return
        }
        #expect(status == 401)
        #expect(try ResourceCoding.decode(Problem.self, from: Data(body.utf8)).requestId?.count == 16)
    }

    @Test("a WebSocket elsewhere is answered as plain HTTP")
    func elsewhere() async throws {
        let gateway = try await TestGateway.shared.value
        let error = await #expect(throws: WebSocketError.self) {
            try await WebSocketClient.connect(to: "ws://127.0.0.1:\(gateway.port)/api/v1/projects")
        }
        guard case .rejected(401, let body) = error else {
            Issue.record("unexpected \(String(describing: error))")
            return
        }
        #expect(body.contains("TOKEN_MISSING"))
    }

    @Test("events come from a position, then as they happen")
    func events() async throws {
        let gateway = try await TestGateway.shared.value
        try await gateway.live(gateway.home.owner) { client in
            try await client.send(.events(id: "e", after: 0))
            let project = try await gateway.makeProject()
            try await client.wait { message in
                if case .event("e", let event) = message { event.stream == "service/\(project.service)" } else { false }
            }
            try await client.send(.cancel(id: "e"))
            try await client.wait { $0 == .end(id: "e", exitCode: nil) }
        }
    }

    @Test("lines of a deployment come once each, then as they are written; without `follow` they end")
    func logs() async throws {
        let gateway = try await TestGateway.shared.value
        let (project, deployment) = try await gateway.makeDeployment()
        let origin = LogOrigin(
            workspace: gateway.home.workspace, environment: project.environment, service: project.service, deployment: deployment)
        for number in 0..<3 {
            await gateway.pipeline.writer.append(BuildLine(origin: origin, text: "line \(number)"))
        }
        try await gateway.pipeline.writer.flush()
        try await gateway.live(gateway.home.viewer) { client in
            try await client.send(.logs(id: "once", deployment: deployment, kind: .build, after: nil, follow: false))
            #expect(try await client.lines("once", count: 3) == ["line 0", "line 1", "line 2"])
            try await client.wait { $0 == .end(id: "once", exitCode: nil) }
            try await client.send(.logs(id: "follow", deployment: deployment, kind: nil, after: nil, follow: true))
            #expect(try await client.lines("follow", count: 3).count == 3)
            await gateway.pipeline.writer.append(BuildLine(origin: origin, text: "line 3"))
            try await gateway.pipeline.writer.flush()
            #expect(try await client.lines("follow", count: 1) == ["line 3"])
        }
    }

    @Test("many lines come in messages that a client takes")
    func manyLines() async throws {
        let gateway = try await TestGateway.shared.value
        let (project, deployment) = try await gateway.makeDeployment()
        let origin = LogOrigin(
            workspace: gateway.home.workspace, environment: project.environment, service: project.service, deployment: deployment)
        for number in 0..<500 {
            await gateway.pipeline.writer.append(BuildLine(origin: origin, text: "\(number) " + String(repeating: "\"", count: 4000)))
        }
        try await gateway.pipeline.writer.flush()
        try await gateway.live(gateway.home.owner) { client in
            try await client.send(.logs(id: "l", deployment: deployment, kind: .build, after: nil, follow: false))
            #expect(try await client.lines("l", count: 500).last?.hasPrefix("499 ") == true)
        }
    }

    @Test("another workspace's deployments and services are not there")
    func otherWorkspace() async throws {
        let gateway = try await TestGateway.shared.value
        let (project, deployment) = try await gateway.makeDeployment()
        try await gateway.live(gateway.other.owner) { client in
            try await client.send(.logs(id: "a", deployment: deployment, kind: nil, after: nil, follow: true))
            #expect(try await client.problem("a").code == "DEPLOYMENT_NOT_FOUND")
            try await client.send(.serviceLogs(id: "b", environment: project.environment, service: project.service, after: nil, tail: 10))
            #expect(try await client.problem("b").code == "ENVIRONMENT_NOT_FOUND")
            try await client.send(.terminal(id: "c", deployment: deployment, replica: 0, command: [], columns: 80, rows: 24))
            #expect(try await client.problem("c").code == "DEPLOYMENT_NOT_FOUND")
        }
    }

    @Test("a terminal carries bytes both ways, sizes, and its exit code")
    func terminal() async throws {
        let gateway = try await TestGateway.shared.value
        let (_, deployment) = try await gateway.makeDeployment(withReplica: true)
        try await gateway.live(gateway.home.owner) { client in
            try await client.send(.terminal(id: "t", deployment: deployment, replica: 0, command: ["top", "-b"], columns: 100, rows: 5000))
            #expect(try await client.output("t") == "top -b 100x1000\n")
            try await client.send(.input(id: "t", data: Data("hello".utf8).base64EncodedString()))
            #expect(try await client.output("t") == "hello")
            try await client.send(.resize(id: "t", columns: 50, rows: 20))
            #expect(try await client.output("t") == "50x20\n")
            try await client.send(.input(id: "t", data: Data("exit".utf8).base64EncodedString()))
            try await client.wait { $0 == .end(id: "t", exitCode: TestGateway.terminalExitCode) }
        }
    }

    @Test("a terminal needs its permission, a replica, and a sound command")
    func terminalRefused() async throws {
        let gateway = try await TestGateway.shared.value
        let (_, deployment) = try await gateway.makeDeployment(withReplica: true)
        try await gateway.live(gateway.home.viewer) { client in
            try await client.send(.terminal(id: "t", deployment: deployment, replica: 0, command: [], columns: 80, rows: 24))
            #expect(try await client.problem("t").code == "PERMISSION_DENIED")
        }
        try await gateway.live(gateway.home.owner) { client in
            try await client.send(.terminal(id: "r", deployment: deployment, replica: 5, command: [], columns: 80, rows: 24))
            #expect(try await client.problem("r").code == "REPLICA_NOT_FOUND")
            try await client.send(.terminal(id: "c", deployment: deployment, replica: 0, command: [""], columns: 80, rows: 24))
            #expect(try await client.problem("c").code == "COMMAND_INVALID")
        }
    }

    @Test(
        "a message that is none is refused, and the connection goes on",
        arguments: [
            "", "{", "[]", "{}", "{\"unknown\":{\"id\":\"a\"}}", "{\"cancel\":{}}", "{\"cancel\":{\"id\":\"\\u0000\"}}",
            "{\"logs\":{\"id\":\"a\",\"deployment\":\"x\",\"follow\":true}}", "{\"input\":{\"id\":\"a\",\"data\":\"%%%\"}}",
        ])
    func malformed(message: String) async throws {
        let gateway = try await TestGateway.shared.value
        try await gateway.live(gateway.home.owner) { client in
            try await client.connection.send(text: message)
            guard case .problem(_, let problem) = try await client.next() else {
                Issue.record("no problem")
                return
            }
            #expect(problem.code == (message.contains("unknown") ? "UNKNOWN_FIELD" : "BODY_INVALID"))
            try await client.send(.events(id: "e", after: 0))
            try await client.wait { if case .event = $0 { true } else { false } }
        }
    }

    @Test("a name can be used once at a time, and names are limited in length and number")
    func subscriptionLimits() async throws {
        let gateway = try await TestGateway.shared.value
        try await gateway.live(gateway.home.owner) { client in
            for number in 0..<LiveSession.maximumSubscriptions {
                try await client.send(.events(id: "\(number)", after: .max))
            }
            try await client.send(.events(id: "0", after: .max))
            #expect(try await client.problem("0").code == "SUBSCRIPTION_EXISTS")
            try await client.send(.events(id: "more", after: .max))
            #expect(try await client.problem("more").code == "SUBSCRIPTION_LIMIT")
            try await client.send(.cancel(id: "0"))
            try await client.wait { $0 == .end(id: "0", exitCode: nil) }
            try await client.send(.events(id: "", after: .max))
            #expect(try await client.problem("").code == "SUBSCRIPTION_INVALID")
            try await client.send(.events(id: String(repeating: "x", count: 65), after: .max))
            #expect(try await client.problem(nil).code == "SUBSCRIPTION_INVALID")
        }
    }

    @Test("a revoked token's connection is closed")
    func revoked() async throws {
        let gateway = try await TestGateway.shared.value
        let (id, token) = try await gateway.token(.member, in: gateway.home)
        let connection = try await WebSocketClient.connect(to: gateway.liveURL, headers: [("Authorization", "Bearer " + token)])
        let access = try Caller.system("test").access(to: gateway.home.workspace, .workspaceWrite)
        try await gateway.services.accounts.revokeToken(access, id)
        #expect(await connection.closed().code == .policyViolation)
        #expect(try await gateway.send(.GET, "/me", token: token).code == "TOKEN_INVALID")
    }
}
