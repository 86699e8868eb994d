import AsyncHTTPClient
import Edge
import FoundationEssentials
import Glibc
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Processes
import Testing

/// A real edge in a folder of its own, on free ports of the loopback interface.
struct TestEdge: Sendable {
    let process: EdgeProcess
    let configuration: EdgeConfiguration

    static let token = "verify-0123456789abcdef"
    static let logger = Logger(label: "edge") { _ in SwiftLogNoOpLogHandler() }

    /// With more connections than the shared client allows to one server.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration.singletonConfiguration
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    var control: EdgeControl { process.control }

    /// An answer, with its body as text.
    struct Answer: Sendable {
        var status: Int
        var headers: HTTPHeaders
        var body: String

        var error: String? { headers.first(name: "x-switchyard-error") }
    }

    /// Starts an edge, and stops it and removes its folder afterwards, also when the body throws.
    static func with(
        _ adjust: (inout EdgeConfiguration) -> Void = { _ in }, _ body: (TestEdge) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { folder in
            var configuration = EdgeConfiguration(
                folder: folder + "/edge", share: try share(), httpPort: try freePort(), httpsPort: try freePort(), verifyToken: token)
            configuration.addresses = ["127.0.0.1"]
            configuration.workers = 2
            configuration.connections = 512
            adjust(&configuration)
            let edge = TestEdge(process: try EdgeProcess(configuration: configuration, logger: logger), configuration: configuration)
            do {
                try await edge.process.start()
                try await body(edge)
            } catch {
                await edge.process.stop(grace: .zero)
                throw error
            }
            await edge.process.stop(grace: .zero)
        }
    }

    func request(
        _ host: String, _ path: String = "/", method: HTTPMethod = .GET, headers: [(String, String)] = [], body: String? = nil
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(configuration.httpPort)\(path)")
        request.method = method
        request.headers = HTTPHeaders([("host", host)] + headers)
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await Self.client.execute(request, timeout: .seconds(20))
        let bytes = try await response.body.collect(upTo: 1 << 24)
        return Answer(status: Int(response.status.code), headers: response.headers, body: String(buffer: bytes))
    }

    /// A change as no `EdgeControl` would send it.
    func rawChange(_ path: String, _ body: String) async throws -> (status: String, body: String) {
        let finished = try await Command(
            "curl",
            ["-s", "-X", "PUT", "--unix-socket", configuration.socket, "--data-binary", body, "-w", "\n%{http_code}", "http://edge" + path]
        ).run()
        let lines = finished.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        return (lines.last ?? "", lines.dropLast().joined(separator: "\n"))
    }

    static func share() throws -> String {
        var folder = #filePath
        for _ in 0..<3 { folder = String(folder[..<(try #require(folder.lastIndex(of: "/")))]) }
        return folder + "/edge"
    }

    /// A port that nobody listens on at the moment.
    static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, size) == 0 ? getsockname(descriptor, pointer, &size) : -1
            }
        }
        try #require(result == 0)
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

/// A folder of one test that the edge's workers may pass through, removed afterwards.
func withTemporaryDirectory(_ body: (String) async throws -> Void) async throws {
    var template = Array("/tmp/switchyard-edge-XXXXXX".utf8CString)
    let path = template.withUnsafeMutableBufferPointer { buffer in
        buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) } ?? ""
    }
    try #require(chmod(path, 0o711) == 0)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await body(path)
}

/// Waits until the condition holds, looking every 5 ms; false when 15 s have passed.
func eventually(_ condition: () async throws -> Bool) async rethrows -> Bool {
    let end = ContinuousClock.now + .seconds(15)
    while ContinuousClock.now < end {
        if try await condition() { return true }
        try? await Task.sleep(for: .milliseconds(5))
    }
    return false
}
