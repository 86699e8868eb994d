/// All routes, one a host.
public struct RouteTable: Sendable, Hashable {
    public private(set) var routes: [String: Route] = [:]

    public init() {}

    /// - Throws: `EdgeError(.invalid)` when two routes have the same host.
    public init(_ routes: [Route]) throws(EdgeError) {
        for route in routes {
            guard self.routes.updateValue(route, forKey: route.host) == nil else {
                throw EdgeError(.invalid, "\(route.host) has two routes")
            }
        }
    }

    /// Adds a route or takes the place of the one with the same host.
    public mutating func set(_ route: Route) {
        routes[route.host] = route
    }

    /// The routes sorted by host.
    public var sorted: [Route] {
        routes.values.sorted { $0.host < $1.host }
    }
}
