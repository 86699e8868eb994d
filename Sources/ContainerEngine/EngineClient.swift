import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOPosix

/// A client of one engine. Calls throw ``EngineError``, or `CancellationError` when their task was cancelled; a call that
/// comes while the engine is being started again waits for it for some seconds.
public final class EngineClient: Sendable {
    public let socketPath: String
    /// What answered when the client was made.
    public let version: EngineVersion
    private let prefix: String
    /// Long streams would use up the connections that calls wait for.
    private let calls: HTTPClient
    private let streams: HTTPClient
    let eventLoopGroup: MultiThreadedEventLoopGroup

    /// How long to wait for a connection. The pool tries again within it, which bridges a restart of the engine.
    private static let connectTimeout = TimeAmount.seconds(10)
    /// A stop holds its connection for as long as the application takes to end, so the default of eight would be few.
    private static let concurrentCalls = 64
    private static let concurrentStreams = 1000
    private static let largestAnswer = 32 << 20

    /// Connects and asks for the version, so that nobody talks to something that isn't an engine.
    public static func connect(socketPath: String) async throws -> EngineClient {
        let unversioned = EngineClient(socketPath: socketPath, version: EngineVersion(), prefix: "", isPatient: false)
        do {
            let version: EngineVersion = try await unversioned.call(.GET, "/version", timeout: .seconds(30))
            await unversioned.close()
            return EngineClient(socketPath: socketPath, version: version, prefix: "/v\(version.usedInterface)")
        } catch {
            await unversioned.close()
            throw error
        }
    }

    /// Whether an engine answers at a socket, which costs it next to nothing: for its version Podman runs other programs.
    public static func isAnswering(socketPath: String) async -> Bool {
        let client = EngineClient(socketPath: socketPath, version: EngineVersion(), prefix: "", isPatient: false)
        let isAnswering = (try? await client.ping()) != nil
        await client.close()
        return isAnswering
    }

    private init(socketPath: String, version: EngineVersion, prefix: String, isPatient: Bool = true) {
        self.socketPath = socketPath
        self.version = version
        self.prefix = prefix
        eventLoopGroup = .singleton
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = Self.connectTimeout
        configuration.connectionPool.retryConnectionEstablishment = isPatient
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.concurrentCalls
        calls = HTTPClient(eventLoopGroupProvider: .shared(eventLoopGroup), configuration: configuration)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.concurrentStreams
        streams = HTTPClient(eventLoopGroupProvider: .shared(eventLoopGroup), configuration: configuration)
    }

    deinit {
        // For whoever didn't close it, as when an error came between; a second time does nothing.
        calls.shutdown { _ in }
        streams.shutdown { _ in }
    }

    /// Ends all calls; the client can't be used any more.
    public func close() async {
        // Only a second close throws, and then all is closed already.
        try? await calls.shutdown()
        try? await streams.shutdown()
    }

    /// Calls and decodes the answer.
    func call<Answer: Decodable>(
        _ method: HTTPMethod, _ path: EnginePath, body: (any Encodable)? = nil, timeout: TimeAmount = .seconds(60)
    ) async throws -> Answer {
        let bytes = try await call(method, path, body: body, timeout: timeout)
        do {
            return try JSONDecoder().decode(Answer.self, from: Data(bytes.readableBytesView))
        } catch {
            throw EngineError(.malformed, "\(method) \(path.text) was answered with something else: \(error)")
        }
    }

    /// Calls and returns the answer's bytes. Statuses in `accepting` (beside 2xx) are success as well.
    @discardableResult
    func call(
        _ method: HTTPMethod, _ path: EnginePath, body: (any Encodable)? = nil, timeout: TimeAmount = .seconds(60), accepting: [Int] = []
    ) async throws -> ByteBuffer {
        let request = try request(method, path, body: body)
        for attempt in 1... {
            do {
                return try await bytes(request, timeout: timeout, accepting: accepting)
            } catch let error as EngineError where error.isLostRace && method != .POST && attempt < 5 {
                try await Task.sleep(for: .milliseconds(50 * attempt))
            }
        }
        return ByteBuffer()
    }

    private func bytes(_ request: HTTPClientRequest, timeout: TimeAmount, accepting: [Int]) async throws -> ByteBuffer {
        try await mappingErrors {
            let response = try await self.answer(to: request, timeout: timeout)
            let bytes = try await response.body.collect(upTo: Self.largestAnswer)
            let status = Int(response.status.code)
            guard (200..<300).contains(status) || accepting.contains(status) else {
                throw EngineError(status: status, body: bytes.readableBytesView)
            }
            return bytes
        }
    }

    /// Calls and returns the answer's lines as they come, without an end.
    func stream<Element: Decodable & Sendable>(
        _ method: HTTPMethod, _ path: EnginePath, headers: [(String, String)] = [], file: FileBody? = nil
    ) async throws -> EngineStream<Element> {
        var request = try request(method, path)
        request.headers.add(contentsOf: headers)
        if let file { request.body = .stream(file, length: .known(file.size)) }
        return try await mappingErrors { [request] in
            let response = try await self.streams.execute(request, deadline: .distantFuture)
            guard (200..<300).contains(response.status.code) else {
                let bytes = try await response.body.collect(upTo: 1 << 20)
                throw EngineError(status: Int(response.status.code), body: bytes.readableBytesView)
            }
            return EngineStream(body: response.body)
        }
    }

    /// A question whose kept connection turned out to be closed (the engine was started again) is asked once more. What
    /// changes something isn't: it may have been done.
    private func answer(to request: HTTPClientRequest, timeout: TimeAmount) async throws -> HTTPClientResponse {
        do {
            return try await calls.execute(request, timeout: timeout)
        } catch let error as HTTPClientError where error == .remoteConnectionClosed && request.method == .GET {
            return try await calls.execute(request, timeout: timeout)
        }
    }

    private func request(_ method: HTTPMethod, _ path: EnginePath, body: (any Encodable)? = nil) throws -> HTTPClientRequest {
        var request = HTTPClientRequest(url: "http+unix://\(EnginePath.percentEncoded(socketPath))\(try resolved(path))")
        request.method = method
        // Podman refuses requests without a host, and a socket has none.
        request.headers.add(name: "Host", value: "engine")
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: try Self.encoded(body)))
        } else if method == .POST || method == .PUT {
            request.body = .bytes(ByteBuffer())
        }
        return request
    }

    /// The path as it is sent.
    func resolved(_ path: EnginePath) throws -> String {
        if let refused = path.refused {
            throw EngineError(.invalid, "not a name that an engine knows: '\(String(refused.prefix(100)))'")
        }
        return path.text.hasPrefix("/libpod/") ? "/v4.0.0" + path.text : prefix + path.text
    }

    static func encoded(_ body: any Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return try encoder.encode(body)
    }

    /// Every failure of the transport becomes an ``EngineError`` that names the socket.
    func mappingErrors<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let error as EngineError {
            throw error
        } catch {
            try Task.checkCancellation()
            throw EngineError(transport: error, socketPath: socketPath)
        }
    }
}

extension EngineError {
    init(transport error: any Error, socketPath: String) {
        switch error {
        case let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout:
            self.init(.timedOut, "the engine at \(socketPath) didn't answer in time")
        default:
            self.init(.unreachable, "no engine answers at \(socketPath): \(error)")
        }
    }
}
