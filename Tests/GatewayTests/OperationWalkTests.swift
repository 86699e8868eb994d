import HTTPTypes
import Kernel
import NIOHTTP1
import Resources
import Testing

@testable import Gateway

/// Walks every operation there is with everybody who may not.
@Suite(.timeLimit(.minutes(4)))
struct OperationWalkTests {
    @Test("the operations that anybody may call are exactly these")
    func open() async throws {
        let gateway = try await TestGateway.shared.value
        let open = gateway.operations.filter { $0.authorization == .anybody }.map(\.name)
        #expect(open == ["health.get", "version.get"])
        #expect(gateway.operations.filter { $0.authorization == .identified }.map(\.name) == ["identity.get", "live.open"])
    }

    @Test("names and routes are unique, and every operation with a body is in the walk's table")
    func complete() async throws {
        let operations = try await TestGateway.shared.value.operations
        #expect(Set(operations.map(\.name)).count == operations.count)
        #expect(Set(operations.map { "\($0.method) \($0.path)" }).count == operations.count)
        #expect(Set(operations.filter { $0.input != nil }.map(\.name)) == Set(OperationBodies.right.keys))
        #expect(operations.allSatisfy { $0.method != .get || $0.input == nil })
    }

    @Test("without a token, or with a wrong one, every operation answers 401")
    func anonymous() async throws {
        let gateway = try await TestGateway.shared.value
        let project = try await gateway.makeProject()
        for operation in gateway.operations where operation.authorization != .anybody {
            for header in [nil, "Bearer sy_" + String(repeating: "0", count: 64), "Bearer ", "Basic Og==", gateway.home.owner] {
                let answer = try await call(operation, project, headers: header.map { [("Authorization", $0)] } ?? [], gateway)
                #expect(answer.status == 401, "\(operation.name) with \(header ?? "no token"): \(answer.text)")
                #expect(["TOKEN_MISSING", "TOKEN_INVALID"].contains(answer.code))
                #expect(answer.headers.first(name: "www-authenticate") == "Bearer")
            }
        }
        try await expectUnchanged(project, gateway)
    }

    @Test("a viewer is refused with 403 wherever the table gives viewers nothing, and nowhere else")
    func viewer() async throws {
        let gateway = try await TestGateway.shared.value
        let project = try await gateway.makeProject()
        for operation in gateway.operations {
            guard case .permitted(let permission) = operation.authorization else { continue }
            let answer = try await call(operation, project, token: gateway.home.viewer, gateway)
            if PermissionTable.permissions(of: .viewer).contains(permission) {
                #expect(answer.status == 200 || answer.code == "DEPLOYMENT_NOT_FOUND", "\(operation.name): \(answer.text)")
            } else {
                #expect(answer.status == 403, "\(operation.name): \(answer.text)")
                #expect(answer.code == "PERMISSION_DENIED")
            }
        }
        try await expectUnchanged(project, gateway)
    }

    @Test("the owner of another workspace finds nothing behind this one's ids")
    func otherWorkspace() async throws {
        let gateway = try await TestGateway.shared.value
        let project = try await gateway.makeProject()
        for operation in gateway.operations where operation.path.contains("{") {
            let answer = try await call(operation, project, token: gateway.other.owner, gateway)
            #expect(answer.status == 404, "\(operation.name): \(answer.text)")
            #expect(answer.code.hasSuffix("_NOT_FOUND"))
        }
        let lists = ["/projects", "/events"]
        for path in lists {
            #expect(try await !gateway.send(.GET, path, token: gateway.other.owner).text.contains("\(project.project.id)"))
        }
        try await expectUnchanged(project, gateway)
    }

    @Test("an id that is none is refused in every place")
    func malformedIDs() async throws {
        let gateway = try await TestGateway.shared.value
        let wrong = ["1", "..", "%00", "'", "00000000-0000-0000-0000-00000000000g", "%2e%2e%2f", String(repeating: "a", count: 5000)]
        for operation in gateway.operations where operation.path.contains("{") {
            for id in wrong {
                let path = operation.path.split(separator: "/").map { $0.hasPrefix("{") ? id : String($0) }.joined(separator: "/")
                let answer = try await gateway.send(
                    HTTPMethod(rawValue: operation.method.rawValue), "/" + path, token: gateway.home.owner,
                    json: OperationBodies.right[operation.name])
                #expect(answer.status == 400 || answer.status == 404, "\(operation.name) \(id.prefix(20)): \(answer.status) \(answer.text)")
                #expect(!answer.code.isEmpty)
            }
        }
    }

    private func call(
        _ operation: Operation, _ project: TestProject, token: String? = nil, headers: [(String, String)] = [], _ gateway: TestGateway
    ) async throws -> Answer {
        let values = [
            "project": "\(project.project.id)", "environment": "\(project.environment)", "service": "\(project.service)",
            "deployment": "\(Deployment.ID.new())", "domain": "\(Domain.ID.new())", "volume": "\(Volume.ID.new())", "name": "NAME",
        ]
        var path = operation.path
        for (name, value) in values {
            path = path.replacing("{\(name)}", with: value)
        }
        return try await gateway.send(
            HTTPMethod(rawValue: operation.method.rawValue), path, token: token, json: OperationBodies.right[operation.name],
            headers: headers)
    }

    /// What was refused changed nothing.
    private func expectUnchanged(_ project: TestProject, _ gateway: TestGateway) async throws {
        let now = try await gateway.send(.GET, "/projects/\(project.project.id)", token: gateway.home.owner).decode(Project.self)
        #expect(now.name == project.project.name)
        #expect(now.environments == project.project.environments)
        #expect(now.services.map(\.id) == [project.service])
        let entry = try await gateway.send(.GET, project.instance, token: gateway.home.owner).decode(EnvironmentOverview.Entry.self)
        #expect(entry.settings == ServiceSettings())
        #expect(entry.domains.isEmpty && entry.volumes.isEmpty && entry.latest == nil)
        let variables = try await gateway.send(.GET, project.instance + "/variables", token: gateway.home.owner).decode([Variable].self)
        #expect(variables.isEmpty)
    }
}
