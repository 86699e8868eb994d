import FoundationEssentials
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import Resources
import Synchronization
import Testing

@testable import WebSocket
@testable import Yard

/// A server on a free port that answers as a test wants it, and keeps what it was asked.
final class YardServer: Sendable {
    struct Recorded: Hashable, Sendable {
        /// `POST /api/v1/projects?limit=1`
        var line: String
        var body: [UInt8]
        var headers: [String: String]

        var json: String { String(decoding: body, as: UTF8.self) }
    }

    struct Answer: Sendable {
        var status: HTTPResponse.Status = .ok
        var type = "application/json"
        var body: [UInt8] = []

        static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Answer {
            Answer(status: status, body: Array(try ResourceCoding.encode(value)))
        }

        static func text(_ text: String, status: HTTPResponse.Status = .ok, type: String = "application/json") -> Answer {
            Answer(status: status, type: type, body: Array(text.utf8))
        }
    }

    typealias Handler = @Sendable (Recorded) async throws -> Answer?
    typealias Live = @Sendable (WebSocketConnection) async throws -> Void

    let token = "sy_test_token"
    private let port = Mutex(0)
    private let log = Mutex<[Recorded]>([])
    private let handler: Handler
    private let live: Live

    var url: String { "http://127.0.0.1:\(port.withLock { $0 })" }
    var recorded: [Recorded] { log.withLock { $0 } }
    var lines: [String] { recorded.map(\.line) }

    private init(handler: @escaping Handler, live: @escaping Live) {
        self.handler = handler
        self.live = live
    }

    /// - Parameters:
    ///   - handler: nil means 404 with a problem.
    ///   - live: what happens on a WebSocket; the default closes it at once.
    static func run(
        live: @escaping Live = { _ in }, _ handler: @escaping Handler, _ body: (YardServer) async throws -> Void
    ) async throws {
        let server = YardServer(handler: handler, live: live)
        let channel = WebSocketChannel(
            responder: { request, writer, _ in
                let answer = try await server.answer(request)
                try await writer.write(
                    response: HTTPResponse(
                        status: answer.status, headerFields: [.contentLength: "\(answer.body.count)", .contentType: answer.type]),
                    body: .init(byteBuffer: ByteBuffer(bytes: answer.body)))
            }, configuration: .init(),
            decide: { request in
                guard request.path == "/api/v1/live" else { return .pass }
                guard request.headerFields[.authorization] == "Bearer \(server.token)" else {
                    return .reject(status: .unauthorized, body: #"{"code":"TOKEN_INVALID","message":"no"}"#)
                }
                return .accept(run: server.live)
            })
        let (ports, started) = AsyncStream.makeStream(of: Int.self)
        let listener = Server(
            childChannelSetup: channel, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { started.yield($0.localAddress?.port ?? 0) }, eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await listener.run() }
            for await number in ports {
                server.port.withLock { $0 = number }
                try await body(server)
                break
            }
            group.cancelAll()
        }
    }

    private func answer(_ request: Request) async throws -> Answer {
        var body: [UInt8] = []
        for try await part in request.body { body += Array(part.readableBytesView) }
        var headers: [String: String] = [:]
        for field in request.head.headerFields { headers[field.name.canonicalName] = field.value }
        let recorded = Recorded(line: "\(request.head.method.rawValue) \(request.head.path ?? "")", body: body, headers: headers)
        log.withLock { $0.append(recorded) }
        guard headers["authorization"] == "Bearer \(token)" else {
            return try .json(Problem(code: "TOKEN_INVALID", message: "the token is not valid"), status: .unauthorized)
        }
        if let answer = try await handler(recorded) { return answer }
        return try .json(
            Problem(code: "ROUTE_NOT_FOUND", message: "no route \(recorded.line)", hint: "look again", requestId: "r-1"), status: .notFound)
    }
}
