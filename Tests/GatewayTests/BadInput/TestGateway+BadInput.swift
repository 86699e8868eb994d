import HTTPTypes
import Kernel
import NIOHTTP1
import Resources
import Testing

@testable import Gateway

extension TestGateway {
    /// All that a request about a project could have changed.
    struct State: Hashable {
        var project: Project
        var overview: EnvironmentOverview
        var variables: [Variable]
        var shared: [Variable]
        var deployments: [Deployment]
        /// The number of events about the project, its environment and its service.
        var events: Int
    }

    func state(of project: TestProject) async throws -> State {
        let environment = "/environments/\(project.environment)"
        func get<Value: Decodable>(_ path: String) async throws -> Value {
            try await send(.GET, path, token: home.owner).decode()
        }
        let page: Page<Deployment> = try await get(project.instance + "/deployments?limit=100")
        return State(
            project: try await get("/projects/\(project.project.id)"), overview: try await get(environment),
            variables: try await get(project.instance + "/variables"), shared: try await get(environment + "/variables"),
            deployments: page.items, events: try await events(of: project))
    }

    private func events(of project: TestProject) async throws -> Int {
        let streams: Set = [
            "project/\(project.project.id)", "environment/\(project.environment)", "service/\(project.service)",
        ]
        let access = try Caller.system("test").access(to: home.workspace, .eventRead)
        var count = 0
        var after: Int64 = 0
        while true {
            let page = try await services.events.events(access, after: after, limit: 1000)
            count += page.count { streams.contains($0.stream) }
            guard let last = page.last else { return count }
            after = last.position
        }
    }

    /// Calls an operation as the owner, with the project's ids in its path.
    func send(
        _ operation: Operation, to project: TestProject, parameters: [String: String] = [:], query: String = "", json: String? = nil,
        headers: [(String, String)] = [], body: [UInt8]? = nil
    ) async throws -> Answer {
        let values = [
            "project": "\(project.project.id)", "environment": "\(project.environment)", "service": "\(project.service)",
            "deployment": "\(Deployment.ID.new())", "domain": "\(Domain.ID.new())", "volume": "\(Volume.ID.new())", "name": "NAME",
        ].merging(parameters) { $1 }
        var path = operation.path
        for (name, value) in values { path = path.replacing("{\(name)}", with: value) }
        return try await send(
            HTTPMethod(rawValue: operation.method.rawValue), path + query, token: home.owner, json: json, headers: headers, body: body)
    }
}

/// A refusal has the shape that all have: a stable code, what was wrong, what to do, and the request's id; it doesn't repeat the input.
func expectProblem(_ answer: Answer, _ what: Comment) throws {
    #expect((400..<500).contains(answer.status), what)
    let problem = try answer.decode(Problem.self)
    #expect(problem.code.wholeMatch(of: #/[A-Z][A-Z0-9]*(_[A-Z0-9]+)*/#) != nil, what)
    #expect(!problem.message.isEmpty, what)
    #expect(problem.hint?.isEmpty == false, what)
    #expect(problem.requestId == answer.headers.first(name: "x-request-id") && problem.requestId?.count == 16, what)
    #expect(answer.body.count < 2000, what)
    #expect(answer.text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x202E && $0.value != 0x200B }, what)
}
