import FoundationEssentials
import Resources
import WebSocket

/// The WebSocket to a server: subscriptions go out, lines, events and terminal bytes come in.
struct LiveConnection: Sendable {
    private let socket: WebSocketConnection
    private let server: ServerURL
    /// A server that doesn't answer a close must not keep a finished command waiting.
    private static let configuration = WebSocketConfiguration(maximumMessageSize: 16 << 20, closeTimeout: .milliseconds(500))

    /// - Throws: ``YardError``
    static func open(_ client: YardClient) async throws -> LiveConnection {
        do {
            let socket = try await WebSocketClient.connect(
                to: client.server.live, headers: [("Authorization", "Bearer \(client.token)"), ("User-Agent", "yard/\(yardVersion)")],
                certificateAuthorityFile: client.caFile, configuration: configuration)
            return LiveConnection(socket: socket, server: client.server)
        } catch let error as WebSocketError {
            throw describe(error, server: client.server)
        }
    }

    /// - Throws: ``YardError``
    func send(_ request: LiveRequest) async throws {
        let text = try JSONCoding.line(of: request)
        do {
            try await socket.send(text: text)
        } catch {
            throw Self.describe(error, server: server)
        }
    }

    /// Hands over what the server sends until `body` returns something, or returns nil when the server closed the connection.
    /// Kinds of messages that this version doesn't know are left out. Use it once.
    ///
    /// - Throws: ``YardError``
    func receive<Result>(_ body: (LiveMessage) async throws -> Result?) async throws -> Result? {
        var messages = socket.messages.makeAsyncIterator()
        while true {
            let next: WebSocketMessage?
            do {
                next = try await messages.next()
            } catch let error as WebSocketError {
                throw Self.describe(error, server: server)
            }
            guard let next else { return nil }
            guard case .text(let text) = next, let message = try? JSONCoding.decode(LiveMessage.self, from: text.utf8) else {
                continue
            }
            if let result = try await body(message) { return result }
        }
    }

    func close() async {
        await socket.close()
    }

    private static func describe(_ error: WebSocketError, server: ServerURL) -> YardError {
        if case .rejected(let status, let body) = error {
            if let problem = try? JSONCoding.decode(Problem.self, from: body.utf8) {
                return YardError(ExitStatus(httpStatus: status), problem: problem)
            }
            if status == 401 { return .notLoggedIn(to: server, "\(server) does not accept the token") }
        }
        return YardError(
            .unreachable, code: "UNREACHABLE", "no live connection to \(server): \(error)",
            hint: "Is the server running? A proxy in front of it must let WebSockets through.")
    }
}
