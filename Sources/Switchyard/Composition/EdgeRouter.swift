import AsyncHTTPClient
import Deployments
import Edge
import Kernel
import NIOCore
import NIOHTTP1
import Resources

/// How Deployments reaches the edge.
struct EdgeRouter: TrafficRouter {
    let control: EdgeControl
    /// Where the edge answers requests, as this machine reaches it: `127.0.0.1:80`.
    let address: String
    let verifyToken: String
    /// The route of the platform's own API, which is always there.
    let platform: Route
    let client: HTTPClient

    func apply(_ routes: [ServiceRoute], revision: Int64) async throws {
        for route in routes {
            _ = try await control.apply(Self.route(route), revision: revision)
        }
    }

    func replaceAll(_ routes: [ServiceRoute], revision: Int64) async throws {
        _ = try await control.replaceAll(RouteTable(routes.map(Self.route) + [platform]), revision: revision)
    }

    func remove(hosts: [String], revision: Int64) async throws {
        for host in hosts {
            _ = try await control.remove(host: host, revision: revision)
        }
    }

    func inFlight(to endpoints: [RouteEndpoint]) async throws -> Int {
        try await control.inFlight(endpoints.map { try Endpoint(address: $0.address, port: $0.port) })
    }

    func deploymentAnswering(host: String, path: String) async throws -> Deployment.ID? {
        let host = host.hasPrefix("*.") ? "verify" + host.dropFirst() : host
        var request = HTTPClientRequest(url: "http://\(address)\(path)")
        request.headers = [
            "host": host, "x-switchyard-verify": verifyToken, "user-agent": "Switchyard-Verify/1", "connection": "close",
        ]
        let response = try await client.execute(request, timeout: .seconds(10))
        let deployment = response.headers.first(name: "x-switchyard-deployment").flatMap(Deployment.ID.init)
        // A page that the edge made itself says so.
        guard response.headers.first(name: "x-switchyard-error") == nil else { return nil }
        return deployment
    }

    private static func route(_ route: ServiceRoute) throws -> Route {
        try Route(
            host: route.host,
            endpoints: route.endpoints.map {
                try Endpoint(address: $0.address, port: $0.port, deployment: route.deployment.map { "\($0)" } ?? "")
            },
            hold: route.isHeld, service: "\(route.service)")
    }
}
