import AsyncHTTPClient
import FoundationEssentials
import Glibc
import NIOCore
import NIOHTTP1

/// Changes and questions to a running edge, over its Unix socket.
///
/// Each change carries a revision from one increasing source, at most 2^53. The edge refuses a change that is older than what
/// the host has, or than the last replacement of the whole table; the same revision again is taken, so a change can be repeated.
/// When a change returns, it is live in every worker.
public struct EdgeControl: Sendable {
    public let socket: String

    /// Lives as long as the program. Says at once when nobody listens, where the shared client would try on until the deadline.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration.singletonConfiguration
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    public init(socket: String) {
        self.socket = socket
    }

    /// What came of a change.
    public struct Applied: Sendable, Hashable, Decodable {
        /// The highest revision of the table now.
        public var revision: Int64
        /// Whether the edge could write it to disk; it is live in any case.
        public var saved: Bool
    }

    private struct RouteChange: Encodable {
        var revision: Int64
        var route: Route
    }

    private struct TableChange: Encodable {
        var revision: Int64
        var routes: [Route]
    }

    private struct TableAnswer: Decodable {
        var revision: Int64
        var routes: [Route]
    }

    private struct RouteAnswer: Decodable {
        var route: Route
    }

    /// Sets the route of one host.
    @discardableResult
    public func apply(_ route: Route, revision: Int64) async throws(EdgeError) -> Applied {
        try await change(.PUT, "/routes/\(route.host)", RouteChange(revision: revision, route: route))
    }

    /// Removes the route of one host; it is not wrong when there is none.
    @discardableResult
    public func remove(host: String, revision: Int64) async throws(EdgeError) -> Applied {
        try decode(await send(.DELETE, "/routes/\(try HostName.normalize(host))?revision=\(revision)", nil))
    }

    /// Replaces the whole table, or changes nothing.
    @discardableResult
    public func replaceAll(_ table: RouteTable, revision: Int64) async throws(EdgeError) -> Applied {
        try await change(.PUT, "/routes", TableChange(revision: revision, routes: table.sorted))
    }

    /// All routes and the table's revision.
    public func table() async throws(EdgeError) -> (table: RouteTable, revision: Int64) {
        let answer: TableAnswer = try decode(await send(.GET, "/routes", nil))
        return (try RouteTable(answer.routes), answer.revision)
    }

    /// The route of one host; nil when it has none of its own.
    public func route(host: String) async throws(EdgeError) -> Route? {
        let reply = try await send(.GET, "/routes/\(try HostName.normalize(host))", nil)
        if reply.status == 404 { return nil }
        let answer: RouteAnswer = try decode(reply)
        return answer.route
    }

    /// What the edge says of itself.
    public func status() async throws(EdgeError) -> EdgeStatus {
        try decode(await send(.GET, "/status", nil))
    }

    /// Prometheus text.
    public func metrics() async throws(EdgeError) -> String {
        String(decoding: try check(await send(.GET, "/metrics", nil)).body, as: UTF8.self)
    }

    /// How many requests and WebSockets each endpoint has in progress, by `Endpoint.authority`; those with none are left out.
    public func inFlight() async throws(EdgeError) -> [String: Int] {
        try decode(await send(.GET, "/inflight", nil))
    }

    /// Whether it answers. Takes the chance to close the socket to others: nginx makes it open to all when it starts, and only
    /// the folder around it keeps them out until then.
    func isAnswering() async -> Bool {
        guard (try? await status()) != nil else { return false }
        return chmod(socket, 0o600) == 0
    }
}

extension EdgeControl {
    struct Reply {
        var status: UInt
        var body: [UInt8]
    }

    private struct Refusal: Decodable {
        var code: String
        var message: String
    }

    func change(_ method: HTTPMethod, _ path: String, _ body: some Encodable) async throws(EdgeError) -> Applied {
        let data: Data
        do {
            data = try JSONEncoder().encode(body)
        } catch {
            throw EdgeError(.invalid, "the change cannot be encoded: \(error)")
        }
        return try decode(await send(method, path, Array(data)))
    }

    func decode<Value: Decodable>(_ reply: Reply) throws(EdgeError) -> Value {
        let body = try check(reply).body
        do {
            return try JSONDecoder().decode(Value.self, from: Data(body))
        } catch {
            throw EdgeError(.unavailable, "the edge's answer cannot be understood: \(error)")
        }
    }

    func check(_ reply: Reply) throws(EdgeError) -> Reply {
        guard reply.status != 200 else { return reply }
        let refusal = try? JSONDecoder().decode(Refusal.self, from: Data(reply.body))
        let message = "the edge refused: \(refusal?.message ?? "status \(reply.status)")"
        switch reply.status {
        case 400, 404, 413, 422: throw EdgeError(.invalid, message)
        case 409: throw EdgeError(.oldRevision, message)
        case 507: throw EdgeError(.full, message)
        default: throw EdgeError(.unavailable, message)
        }
    }

    /// All operations may be repeated, so one that met a connection from before a restart is.
    func send(_ method: HTTPMethod, _ path: String, _ body: [UInt8]?) async throws(EdgeError) -> Reply {
        do {
            return try await sendOnce(method, path, body)
        } catch {
            guard !Task.isCancelled else { throw EdgeError(.unavailable, "the task was cancelled") }
        }
        do {
            return try await sendOnce(method, path, body)
        } catch {
            throw EdgeError(.unavailable, "the edge doesn't answer on \(socket): \(error)")
        }
    }

    private func sendOnce(_ method: HTTPMethod, _ path: String, _ body: [UInt8]?) async throws -> Reply {
        // Paths come from our configuration, which admits only characters that stand for themselves besides the slash.
        var request = HTTPClientRequest(url: "http+unix://\(socket.replacing("/", with: "%2F"))\(path)")
        request.method = method
        request.headers.add(name: "host", value: "edge")
        if let body { request.body = .bytes(body) }
        let response = try await Self.client.execute(request, timeout: .seconds(10))
        let bytes = try await response.body.collect(upTo: 64 << 20)
        return Reply(status: response.status.code, body: Array(bytes.readableBytesView))
    }
}
