import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import Gateway

/// A server of its own, for what can't be tried on the shared one.
@Suite(.timeLimit(.minutes(2)))
struct GatewayServerTests {
    @Test("it listens on a Unix socket as well, and ends when it is cancelled")
    func unixSocket() async throws {
        let folder = try TestFolder.make()
        defer { TestFolder.remove(folder) }
        let path = folder + "/api.sock"
        try await withServer(GatewayConfiguration(port: 0, unixSocketPath: path)) { _ in
            var request = HTTPClientRequest(url: "http+unix://\(path.replacing("/", with: "%2F"))/api/v1/health")
            request.headers.add(name: "host", value: "local")
            // The two listeners open one after the other.
            while (try? await HTTPClient.shared.execute(request, timeout: .seconds(5)))?.status != .ok {
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    @Test("a body that doesn't come is given up with 504")
    func slowBody() async throws {
        let shared = try await TestGateway.shared.value
        try await withServer(GatewayConfiguration(port: 0, bodyTimeout: .milliseconds(200))) { port in
            let answer = try await RawHTTP.exchange(port: port) { connection in
                try await connection.write(
                    ByteBuffer(
                        string: """
                            POST /api/v1/projects HTTP/1.1\r
                            Host: test\r
                            Connection: close\r
                            Authorization: Bearer \(shared.home.owner)\r
                            Content-Type: application/json\r
                            Content-Length: 100\r
                            \r
                            {"name":
                            """))
            }
            #expect(answer.hasPrefix("HTTP/1.1 504 "), "\(answer)")
            #expect(answer.contains("BODY_TIMEOUT"))
        }
    }

    /// A server with the shared one's services for the time of `body`, which gets its port.
    private func withServer(_ configuration: GatewayConfiguration, _ body: (Int) async throws -> Void) async throws {
        let services = try await TestGateway.shared.value.services
        let server = GatewayServer(services: services, configuration: configuration, logger: TestGateway.silent)
        let (ports, started) = AsyncStream.makeStream(of: Int.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run { started.yield($0) } }
            for await port in ports {
                try await body(port)
                break
            }
            group.cancelAll()
        }
    }
}
