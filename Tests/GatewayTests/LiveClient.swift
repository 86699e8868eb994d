import FoundationEssentials
import Kernel
import NIOHTTP1
import PostgresClient
import Resources
import Testing
import WebSocket

@testable import Gateway

/// The client's end of a live connection.
final class LiveClient {
    let connection: WebSocketConnection
    private var messages: WebSocketMessages.Iterator

    init(_ connection: WebSocketConnection) {
        self.connection = connection
        messages = connection.messages.makeAsyncIterator()
    }

    func send(_ request: LiveRequest) async throws {
        try await connection.send(text: String(decoding: ResourceCoding.encode(request), as: UTF8.self))
    }

    func next() async throws -> LiveMessage {
        guard case .text(let text) = try await messages.next() else { throw WebSocketError.connectionLost("the messages ended") }
        return try ResourceCoding.decode(LiveMessage.self, from: Data(text.utf8))
    }

    /// Reads on until a message is the one.
    func wait(until isWanted: (LiveMessage) -> Bool) async throws {
        while try await !isWanted(next()) {}
    }

    /// The next `count` lines of a subscription.
    func lines(_ id: String, count: Int) async throws -> [String] {
        var lines: [String] = []
        while lines.count < count {
            if case .log(id, let more) = try await next() {
                lines += more.map(\.text)
            }
        }
        return lines
    }

    /// The next problem of a subscription; nil: of any.
    func problem(_ id: String?) async throws -> Problem {
        while true {
            if case .problem(let subject, let problem) = try await next(), id == nil || subject == id { return problem }
        }
    }

    /// The next bytes of a terminal, as text.
    func output(_ id: String) async throws -> String {
        while true {
            if case .output(id, let data) = try await next() {
                return String(decoding: Data(base64Encoded: data) ?? Data(), as: UTF8.self)
            }
        }
    }
}

extension TestGateway {
    var liveURL: String { "ws://127.0.0.1:\(port)/api/v1/live" }

    /// Opens a live connection for the time of `body`.
    func live(_ token: String, _ body: (LiveClient) async throws -> Void) async throws {
        let connection = try await WebSocketClient.connect(to: liveURL, headers: [("Authorization", "Bearer " + token)])
        do {
            try await body(LiveClient(connection))
        } catch {
            await connection.close()
            throw error
        }
        await connection.close()
    }

    /// A queued deployment in a project of its own, with a replica when there shall be a terminal.
    func makeDeployment(withReplica: Bool = false) async throws -> (TestProject, Deployment.ID) {
        let project = try await makeProject()
        let answer = try await send(
            .POST, project.instance + "/deployments", token: home.owner, json: "{\"source\":{\"image\":{\"reference\":\"debian:13\"}}}")
        let deployment = try answer.decode(Deployment.self).id
        if withReplica {
            let access = try Caller.system("test").access(to: home.workspace, .deploymentWrite)
            try await database.query(
                access,
                """
                insert into replicas (deployment_id, index, environment_id, service_id, state, port)
                values (\(deployment.uuid), 0, \(project.environment.uuid), \(project.service.uuid), 'HEALTHY', 8080)
                """)
        }
        return (project, deployment)
    }
}
