import NIOHTTP1
import Resources
import Testing

@testable import Gateway

/// The operations doing what they are for, in the order in which people use them.
@Suite(.timeLimit(.minutes(4)))
struct ProjectFlowTests {
    @Test("the server tells its health and version to anybody, and a token whose it is")
    func system() async throws {
        let gateway = try await TestGateway.shared.value
        #expect(try await gateway.send(.GET, "/health").text == "{\"status\":\"ok\"}")
        #expect(try await gateway.send(.GET, "/version").text == "{\"version\":\"1.2.3\"}")
        let identity = try await gateway.send(.GET, "/me", token: gateway.home.viewer).decode(Identity.self)
        #expect(identity.workspace.id == gateway.home.workspace)
        #expect(identity.role == .viewer)
    }

    @Test("a project is made, renamed, filled and deleted")
    func project() async throws {
        let gateway = try await TestGateway.shared.value
        let owner = gateway.home.owner
        let project = try await gateway.makeProject()
        let path = "/projects/\(project.project.id)"
        #expect(project.project.environments.map(\.name) == ["production"])
        let name = project.project.name + "x"
        #expect(try await gateway.send(.PATCH, path, token: owner, json: "{\"name\":\"\(name)\"}").decode(Project.self).name == name)
        let staging = try await gateway.send(.POST, path + "/environments", token: owner, json: "{\"name\":\"staging\"}")
        #expect(staging.status == 201)
        let environment = try staging.decode(Environment.self)
        #expect(
            try await gateway.send(.GET, "/environments/\(environment.id)", token: owner).decode(EnvironmentOverview.self).services.count
                == 1)
        #expect(try await gateway.send(.DELETE, "/environments/\(environment.id)", token: owner).status == 204)
        #expect(try await gateway.send(.GET, "/environments/\(environment.id)", token: owner).code == "ENVIRONMENT_NOT_FOUND")
        #expect(
            try await gateway.send(.PATCH, "/services/\(project.service)", token: owner, json: "{\"name\":\"api\"}").decode(Service.self)
                .name == "api")
        #expect(try await gateway.send(.GET, "/projects", token: owner).decode([Project].self).contains { $0.name == name })
        #expect(try await gateway.send(.DELETE, "/services/\(project.service)", token: owner).status == 204)
        let deleted = try await gateway.send(.DELETE, path, token: owner)
        #expect(deleted.status == 204)
        #expect(deleted.body.isEmpty)
        #expect(try await gateway.send(.GET, path, token: owner).status == 404)
    }

    @Test("settings, variables, domains and volumes of a service")
    func service() async throws {
        let gateway = try await TestGateway.shared.value
        let owner = gateway.home.owner
        let project = try await gateway.makeProject()
        let at = project.instance
        let settings = try await gateway.send(.PATCH, at, token: owner, json: "{\"startCommand\":\"./run\",\"healthcheckPath\":\"/up\"}")
        #expect(try settings.decode(ServiceSettings.self).startCommand == "./run")

        let set = try await gateway.send(.PUT, at + "/variables", token: owner, json: "{\"variables\":{\"A\":\"1\",\"B\":\"${{A}}2\"}}")
        #expect(try set.decode([Variable].self).map(\.name) == ["A", "B"])
        let sealed = try await gateway.send(
            .PUT, at + "/variables", token: owner, json: "{\"variables\":{\"rendered\":\"s\"},\"sealed\":true}")
        #expect(try sealed.decode([Variable].self).last == Variable(name: "rendered", value: nil, isSealed: true))
        let rendered = try await gateway.send(.GET, at + "/variables/rendered", token: owner).decode([String: String].self)
        #expect(rendered["B"] == "12")
        #expect(rendered["rendered"] == nil)
        // A variable may have the name of the route beside it.
        #expect(try await gateway.send(.DELETE, at + "/variables/rendered", token: owner).status == 204)
        #expect(try await gateway.send(.DELETE, at + "/variables/rendered", token: owner).code == "VARIABLE_NOT_FOUND")
        let shared = "/environments/\(project.environment)/variables"
        #expect(try await gateway.send(.PUT, shared, token: owner, json: "{\"variables\":{\"S\":\"1\"}}").status == 200)
        #expect(try await gateway.send(.GET, shared, token: owner).decode([Variable].self).count == 1)
        #expect(try await gateway.send(.DELETE, shared + "/S", token: owner).status == 204)

        let domain = try await gateway.send(.POST, at + "/domains", token: owner, json: "{}")
        #expect(domain.status == 201)
        #expect(try await gateway.send(.GET, at + "/domains", token: owner).decode([Domain].self) == [try domain.decode(Domain.self)])
        #expect(try await gateway.send(.DELETE, "/domains/\(domain.decode(Domain.self).id)", token: owner).status == 204)

        let volume = try await gateway.send(.POST, at + "/volumes", token: owner, json: "{\"mountPath\":\"/data\"}")
        #expect(volume.status == 201)
        #expect(try await gateway.send(.GET, at + "/volumes", token: owner).decode([Volume].self) == [try volume.decode(Volume.self)])
        #expect(try await gateway.send(.PATCH, at, token: owner, json: "{\"replicas\":2}").status == 409)
        #expect(try await gateway.send(.DELETE, "/volumes/\(volume.decode(Volume.self).id)", token: owner).status == 204)
    }

    @Test("deployments are made, paged, shown with their URLs, and given up")
    func deployments() async throws {
        let gateway = try await TestGateway.shared.value
        let owner = gateway.home.owner
        let project = try await gateway.makeProject()
        let path = project.instance + "/deployments"
        _ = try await gateway.send(.POST, project.instance + "/domains", token: owner, json: "{}")
        var ids: [Deployment.ID] = []
        for number in 0..<3 {
            let created = try await gateway.send(
                .POST, path, token: owner, json: "{\"source\":{\"image\":{\"reference\":\"debian:\(number)\"}}}")
            #expect(created.status == 201, "\(created.text)")
            let deployment = try created.decode(Deployment.self)
            #expect(deployment.status == .queued)
            #expect(deployment.urls.count == 1)
            ids.insert(deployment.id, at: 0)
        }
        let first = try await gateway.send(.GET, path + "?limit=2", token: owner).decode(Page<Deployment>.self)
        #expect(first.items.map(\.id) == Array(ids[..<2]))
        let next = try #require(first.next)
        let second = try await gateway.send(.GET, path + "?limit=2&after=\(next)", token: owner).decode(Page<Deployment>.self)
        #expect(second.items.map(\.id) == [ids[2]])
        #expect(second.next == nil)
        let entry = try await gateway.send(.GET, project.instance, token: owner).decode(EnvironmentOverview.Entry.self)
        #expect(entry.latest?.id == ids[0])
        #expect(entry.active == nil)
        let cancelled = try await gateway.send(.POST, "/deployments/\(ids[0])/cancel", token: owner)
        #expect(try cancelled.decode(Deployment.self).status == .skipped)
        #expect(try await gateway.send(.POST, "/deployments/\(ids[0])/cancel", token: owner).code == "DEPLOYMENT_SETTLED")
        #expect(try await gateway.send(.POST, "/deployments/\(ids[0])/restart", token: owner).status == 409)
        #expect(try await gateway.send(.POST, "/deployments/\(ids[0])/redeploy", token: owner).decode(Deployment.self).trigger == .redeploy)
        #expect(
            try await gateway.send(.GET, "/deployments/\(ids[0])/logs?kind=BUILD&limit=10", token: owner).decode(Page<LogLine>.self).items
                .isEmpty)
    }

    @Test("events are paged in order")
    func events() async throws {
        let gateway = try await TestGateway.shared.value
        let project = try await gateway.makeProject()
        var after = "0"
        var streams: [String] = []
        while true {
            let page = try await gateway.send(.GET, "/events?limit=100&after=\(after)", token: gateway.home.owner).decode(
                Page<EventRecord>.self)
            streams += page.items.map(\.stream)
            guard let next = page.next else { break }
            after = next
        }
        #expect(streams.contains("project/\(project.project.id)"))
        #expect(streams.contains("service/\(project.service)"))
    }

    @Test("metrics count requests by operation, for admins")
    func metrics() async throws {
        let gateway = try await TestGateway.shared.value
        _ = try await gateway.send(.GET, "/health")
        let text = try await gateway.send(.GET, "/metrics", token: gateway.home.owner).text
        #expect(text.contains("switchyard_requests_total{operation=\"health.get\",status=\"200\"} "))
        #expect(text.contains("switchyard_request_seconds_bucket{operation=\"health.get\",le=\"+Inf\"} "))
        #expect(text.contains("process_resident_memory_bytes "))
        #expect(text.contains("edge_up 1\n"))
    }

    @Test(
        "a wrong query is refused by name",
        arguments: ["limit=0", "limit=-1", "limit=x", "limit=1e3", "after=-1", "after=x", "limit=99999999999999999999", "limit="])
    func query(_ query: String) async throws {
        let gateway = try await TestGateway.shared.value
        let answer = try await gateway.send(.GET, "/events?" + query, token: gateway.home.owner)
        #expect(answer.status == 400)
        #expect(answer.code == "PARAMETER_INVALID")
    }
}
