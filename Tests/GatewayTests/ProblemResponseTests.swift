import HTTPTypes
import HummingbirdCore
import Kernel
import NIOHTTP1
import PostgresClient
import Resources
import Testing

@testable import Gateway

/// Every failure has the same shape and the right status, and tells nothing that is ours.
@Suite(.timeLimit(.minutes(4)))
struct ProblemResponseTests {
    @Test("every answer carries its request's id and the security headers, and no server's name")
    func headers() async throws {
        let gateway = try await TestGateway.shared.value
        for path in ["/api/v1/health", "/api/v1/projects", "/nothing"] {
            let answer = try await gateway.raw(.GET, path)
            #expect(answer.headers.first(name: "x-request-id")?.count == 16)
            #expect(answer.headers.first(name: "x-content-type-options") == "nosniff")
            #expect(answer.headers.first(name: "cache-control") == "no-store")
            #expect(answer.headers.first(name: "content-security-policy") == "default-src 'none'; frame-ancestors 'none'")
            #expect(!answer.headers.contains(name: "server"))
        }
    }

    @Test(
        "a path that isn't there",
        arguments: ["/", "/api/v1", "/api/v1/", "/api/v1/projectsx", "/api/v2/projects", "/api/v1/projects/a/b/c", "/%00"])
    func unknownRoute(path: String) async throws {
        let gateway = try await TestGateway.shared.value
        let answer = try await gateway.raw(.GET, path)
        #expect(answer.status == 404)
        let problem = try answer.decode(Problem.self)
        #expect(problem.code == "ROUTE_NOT_FOUND")
        #expect(problem.requestId == answer.headers.first(name: "x-request-id"))
    }

    @Test("a method that isn't possible", arguments: [HTTPMethod.PUT, .DELETE, .PATCH, .OPTIONS, .TRACE, .PROPFIND])
    func wrongMethod(method: HTTPMethod) async throws {
        let gateway = try await TestGateway.shared.value
        let answer = try await gateway.raw(method, "/api/v1/projects")
        #expect(answer.status == 405)
        #expect(answer.code == "METHOD_NOT_ALLOWED")
        #expect(answer.headers.first(name: "allow") == "GET, POST")
    }

    @Test("HEAD is GET without the body")
    func head() async throws {
        let gateway = try await TestGateway.shared.value
        let answer = try await gateway.raw(.HEAD, "/api/v1/health")
        #expect(answer.status == 200)
        #expect(answer.body.isEmpty)
    }

    private struct Leak: Error, CustomStringConvertible {
        let description = "password=hunter2"
    }

    @Test("kinds have their statuses, and what went wrong inside stays inside", arguments: SwitchyardError.Kind.allCases)
    func kinds(kind: SwitchyardError.Kind) async throws {
        let error = SwitchyardError(kind, code: "TEST_CODE", "hunter2", hint: "hunter2", cause: Leak())
        let response = ProblemResponse.make(ProblemResponse.shown(error), requestID: "0123")
        let expected = [
            "invalid": 400, "unauthenticated": 401, "forbidden": 403, "notFound": 404, "conflict": 409, "tooLarge": 413, "limited": 429,
            "internalFault": 500, "unavailable": 503, "timeout": 504,
        ]
        #expect(response.status.code == expected[kind.rawValue])
        if kind == .internalFault {
            #expect(!(ProblemResponse.shown(error).message + (ProblemResponse.shown(error).hint ?? "")).contains("hunter2"))
        }
    }

    @Test("a lost database is 503, any unknown failure 500, and neither says why")
    func unknown() {
        let lost = ProblemResponse.shown(PostgresError(message: "hunter2", isConnectionLoss: true))
        #expect(lost.kind == .unavailable)
        #expect(lost.code == "DATABASE_UNAVAILABLE")
        #expect(!lost.message.contains("hunter2"))
        for error in [Leak(), PostgresError(sqlState: "42P01", message: "hunter2")] as [any Error] {
            let shown = ProblemResponse.shown(error)
            #expect(shown.kind == .internalFault)
            #expect(!shown.message.contains("hunter2"))
        }
    }
}
