import NIOCore
import NIOHTTP1
import Resources
import Testing

@testable import Gateway

/// Each family of bad text on every parameter of every operation's path and query.
@Suite(.timeLimit(.minutes(5)))
struct BadAddressTests {
    /// The codes that a path's parameter is refused with. A parameter without a line here fails the walk.
    private static let pathRules: [String: Set<String>] = [
        "project": ["ID_INVALID"], "environment": ["ID_INVALID"], "service": ["ID_INVALID"], "deployment": ["ID_INVALID"],
        "domain": ["ID_INVALID"], "volume": ["ID_INVALID"],
        // Any text could be the name of a variable that there was.
        "name": ["PARAMETER_INVALID", "VARIABLE_NOT_FOUND"],
    ]
    /// The same of a query's.
    private static let queryRules: [String: Set<String>] = [
        "after": ["PARAMETER_INVALID"], "limit": ["PARAMETER_INVALID"], "kind": ["PARAMETER_INVALID"],
    ]

    @Test("every parameter of a path and a query has its line in the table of rules, and no line is left over")
    func complete() async throws {
        let operations = try await TestGateway.shared.value.operations
        #expect(Set(operations.flatMap(\.pathParameters)) == Set(Self.pathRules.keys))
        #expect(Set(operations.flatMap(\.query)) == Set(Self.queryRules.keys))
    }

    @Test("a path's parameter refuses every family, and nothing is changed")
    func paths() async throws {
        let gateway = try await TestGateway.shared.value
        let project = try await gateway.makeProject()
        let before = try await gateway.state(of: project)
        for operation in gateway.operations {
            for name in operation.pathParameters {
                let codes = try #require(Self.pathRules[name])
                // Without it, the path is another one; and more than 64 KiB of head is refused before it is a request.
                for family in BadText.families where !["empty", "huge", "long"].contains(family.name) {
                    let answer = try await gateway.send(
                        operation, to: project, parameters: [name: Self.percentEncoded(family.text)],
                        json: operation.input == nil ? nil : OperationBodies.right[operation.name])
                    let what = Comment(rawValue: "\(operation.name) \(name) \(family.name): \(answer.status) \(answer.text.prefix(300))")
                    #expect(codes.contains(answer.code), what)
                    try expectProblem(answer, what)
                }
            }
        }
        #expect(try await gateway.state(of: project) == before)
    }

    @Test("a query's parameter refuses every family, and one that isn't known is refused by name")
    func queries() async throws {
        let gateway = try await TestGateway.shared.value
        let project = try await gateway.makeProject()
        let deployment = try await gateway.send(
            .POST, project.instance + "/deployments", token: gateway.home.owner, json: OperationBodies.right["deployments.create"]
        ).decode(Deployment.self)
        for operation in gateway.operations {
            let values = ["deployment": "\(deployment.id)"]
            for name in operation.query {
                let codes = try #require(Self.queryRules[name])
                for family in BadText.families where family.name != "huge" && family.name != "long" {
                    let answer = try await gateway.send(
                        operation, to: project, parameters: values, query: "?\(name)=" + Self.percentEncoded(family.text))
                    let what = Comment(rawValue: "\(operation.name) \(name) \(family.name): \(answer.status) \(answer.text.prefix(300))")
                    #expect(codes.contains(answer.code), what)
                    try expectProblem(answer, what)
                }
                let slip = try await gateway.send(operation, to: project, parameters: values, query: "?\(name.dropLast())=1")
                #expect(slip.code == "UNKNOWN_PARAMETER", "\(operation.name): \(slip.text)")
                #expect(try slip.decode(Problem.self).hint == "did you mean \(name)?")
            }
            let unknown = try await gateway.send(
                operation, to: project, parameters: values, query: "?nonsense=1",
                json: operation.input == nil ? nil : OperationBodies.right[operation.name])
            #expect(unknown.code == "UNKNOWN_PARAMETER", "\(operation.name): \(unknown.text)")
            try expectProblem(unknown, "\(operation.name)")
        }
    }

    @Test("a head of 10 MB is refused, and the next request is answered", arguments: ["path", "query", "header"])
    func hugeHead(place: String) async throws {
        let gateway = try await TestGateway.shared.value
        let huge = ByteBuffer(repeating: UInt8(ascii: "a"), count: 10 << 20)
        let answer = try await RawHTTP.exchange(port: gateway.port) { connection in
            let start = ["path": "GET /api/v1/projects/", "query": "GET /api/v1/events?limit=", "header": "GET /api/v1/me HTTP/1.1\r\nX: "]
            do {
                try await connection.write(ByteBuffer(string: start[place] ?? ""))
                try await connection.write(huge)
                try await connection.write(ByteBuffer(string: place == "header" ? "\r\n\r\n" : " HTTP/1.1\r\nHost: x\r\n\r\n"))
            } catch {
                // The server hung up before all was said.
            }
        }
        #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"), "\(answer.prefix(200))")
        #expect(try await gateway.send(.GET, "/health").status == 200)
    }

    static func percentEncoded(_ text: String) -> String {
        text.utf8.map { byte in
            let hex = String(byte, radix: 16, uppercase: true)
            return "%" + (hex.utf8.count == 1 ? "0" : "") + hex
        }.joined()
    }
}

extension Operation {
    fileprivate var pathParameters: [String] {
        path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
    }
}
