import AsyncHTTPClient
import Kernel
import NIOCore
import NIOHTTP1
import NIOPosix
import Resources

/// Asks a replica whether it is ready: by an HTTP path that must answer 2xx, or without one by whether the port accepts.
struct HealthProbe: Sendable {
    let client: HTTPClient

    enum Result: Hashable, Sendable {
        case healthy
        /// Why not, for people.
        case unhealthy(String)
    }

    func check(_ endpoint: RouteEndpoint, path: String?, timeout: TimeAmount = .seconds(5)) async -> Result {
        guard let path else { return await connect(endpoint, timeout: timeout) }
        // The host name is the one that Railway's checks carry: frameworks with a list of allowed hosts know it.
        var request = HTTPClientRequest(url: "http://\(endpoint.address):\(endpoint.port)\(path)")
        request.headers = ["host": "healthcheck.railway.app", "user-agent": "Switchyard-HealthCheck/1", "connection": "close"]
        do {
            let response = try await client.execute(request, timeout: timeout)
            _ = try? await response.body.collect(upTo: 1 << 20)
            let status = Int(response.status.code)
            return (200..<300).contains(status) ? .healthy : .unhealthy("\(path) answered \(status)")
        } catch {
            return .unhealthy("\(path) did not answer: \(Self.reason(error))")
        }
    }

    private func connect(_ endpoint: RouteEndpoint, timeout: TimeAmount) async -> Result {
        do {
            let channel = try await ClientBootstrap(group: client.eventLoopGroup).connectTimeout(timeout)
                .connect(host: endpoint.address, port: endpoint.port).get()
            try? await channel.close()
            return .healthy
        } catch {
            return .unhealthy("port \(endpoint.port) does not accept connections")
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error as? HTTPClientError {
        case HTTPClientError.connectTimeout: "it did not accept the connection"
        case HTTPClientError.deadlineExceeded, HTTPClientError.readTimeout: "it took too long"
        case HTTPClientError.remoteConnectionClosed: "it closed the connection"
        case .some(let known): "\(known.shortDescription)"
        case .none: "the connection failed"
        }
    }
}
