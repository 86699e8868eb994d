import HTTPTypes
import Kernel

/// Finds the operation of a request's method and path.
struct OperationTable: Sendable {
    static let prefix = "/api/v1"

    struct Match: Sendable {
        let operation: Operation
        let parameters: [String: Substring]
    }

    private enum Segment: Sendable {
        case literal(Substring)
        case parameter(String)
    }

    private struct Route: Sendable {
        let operation: Operation
        let segments: [Segment]
    }

    let operations: [Operation]
    /// By the number of segments; a route with more literals comes first, so that `rendered` wins over `{name}`.
    private let routes: [Int: [Route]]

    init(operations: [Operation]) {
        self.operations = operations
        let routes = operations.map { operation in
            Route(
                operation: operation,
                segments: Self.split(operation.path).map { part in
                    part.hasPrefix("{") ? .parameter(String(part.dropFirst().dropLast())) : .literal(part)
                })
        }
        self.routes = Dictionary(grouping: routes, by: \.segments.count).mapValues { routes in
            routes.sorted { Self.literals(in: $0) > Self.literals(in: $1) }
        }
    }

    /// - Throws: `ROUTE_NOT_FOUND`, `METHOD_NOT_ALLOWED`.
    func find(_ method: HTTPRequest.Method, _ path: String) throws -> Match {
        guard path.hasPrefix(Self.prefix + "/") else { throw Self.notFound(path) }
        let parts = Self.split(path.dropFirst(Self.prefix.count))
        var allowed: [String] = []
        for route in routes[parts.count] ?? [] {
            guard let parameters = Self.match(route.segments, parts) else { continue }
            if route.operation.method == method || method == .head && route.operation.method == .get {
                return Match(operation: route.operation, parameters: parameters)
            }
            allowed.append(route.operation.method.rawValue)
        }
        guard !allowed.isEmpty else { throw Self.notFound(path) }
        throw MethodNotAllowed(method: method, path: path, allowed: allowed)
    }

    private static func match(_ segments: [Segment], _ parts: [Substring]) -> [String: Substring]? {
        var parameters: [String: Substring] = [:]
        for (segment, part) in zip(segments, parts) {
            switch segment {
            case .literal(let text): guard text == part else { return nil }
            case .parameter(let name): parameters[name] = part
            }
        }
        return parameters
    }

    private static func split(_ path: some StringProtocol) -> [Substring] {
        String(path).split(separator: "/")
    }

    private static func literals(in route: Route) -> Int {
        route.segments.count { if case .literal = $0 { true } else { false } }
    }

    private static func notFound(_ path: String) -> SwitchyardError {
        SwitchyardError(
            .notFound, code: "ROUTE_NOT_FOUND", "there is nothing at \(ShownText(path))", hint: "the API is below \(prefix)")
    }
}
