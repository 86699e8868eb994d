import FoundationEssentials
import HTTPTypes
import Resources
import Testing

@testable import Yard

/// Where a command acts: flags, variables, links and what is obvious.
@Suite("Targets")
struct TargetTests {
    private func withServer(_ project: Project = Samples.shop, _ body: (YardServer, CommandRun) async throws -> Void) async throws {
        let answer: YardServer.Handler = { request in
            let path = request.line.split(separator: "?")[0]
            switch path {
            case "GET /api/v1/projects": return try .json([project])
            case "GET /api/v1/projects/\(project.id)": return try .json(project)
            case _ where path.hasSuffix("/variables"): return try .json([Variable]())
            case _ where path.hasPrefix("GET /api/v1/environments/"):
                return try .json(EnvironmentOverview(environment: Samples.production, services: [Samples.entry()]))
            default: return nil
            }
        }
        try await YardServer.run(answer) { try await body($0, CommandRun($0)) }
    }

    @Test("a link holds in the folder and below it, and needs no look-up")
    func linksAreInherited() async throws {
        try await withServer { server, run in
            let linked = await run.yard("link", "-p", "shop", "-e", "staging", "-s", "web")
            #expect(linked.code == 0, "\(linked.errors)")
            let before = server.lines.count
            #expect(await run.yard("variables", in: run.folder + "/deep/er").code == 0)
            #expect(
                Array(server.lines.dropFirst(before)) == [
                    "GET /api/v1/environments/\(Samples.staging.id)/services/\(Samples.web.id)/variables"
                ])
            let outside = await run.yard("variables", in: "/elsewhere")
            #expect(outside.code == 4)
            #expect(outside.errors.contains("yard link"))
        }
    }

    @Test("a flag wins over a variable, and a variable over the link")
    func precedence() async throws {
        try await withServer { server, run in
            #expect(await run.yard("link", "-p", "shop", "-e", "production", "-s", "web").code == 0)
            run.set("SWITCHYARD_ENVIRONMENT_ID", "\(Samples.staging.id)")
            #expect(await run.yard("variables").code == 0)
            #expect(server.lines.last == "GET /api/v1/environments/\(Samples.staging.id)/services/\(Samples.web.id)/variables")
            #expect(await run.yard("variables", "-e", "production", "-s", "api").code == 0)
            #expect(server.lines.last == "GET \(Samples.servicePath)/variables")
        }
    }

    @Test("production and the only service are not asked for")
    func obviousAnswers() async throws {
        var project = Samples.shop
        project.services = [Samples.api]
        try await withServer(project) { server, run in
            #expect(await run.yard("variables", "--project", "SHOP").code == 0)
            #expect(server.lines.last == "GET \(Samples.servicePath)/variables")
        }
    }

    @Test("what isn't there is said with what there is")
    func missing() async throws {
        try await withServer { _, run in
            for (arguments, there) in [
                (["variables", "-p", "shpo"], "shop"), (["variables", "-p", "shop", "-e", "qa", "-s", "api"], "staging"),
                (["variables", "-p", "shop", "-s", "wbe"], "api, web"),
            ] {
                let result = await run.yard(arguments: arguments)
                #expect(result.code == 4)
                #expect(result.errors.contains(there), "\(result.errors)")
            }
            let which = await run.yard("variables", "-p", "shop")
            #expect(which.code == 2)
            #expect(which.errors.contains("api, web"))
        }
    }

    @Test("link asks for what no flag says, by number or by name")
    func interactiveLink() async throws {
        try await withServer { _, run in
            let linked = await run.yard("link", input: nil, answers: ["9", "staging", "2"])
            #expect(linked.code == 0, "\(linked.errors)")
            #expect(linked.output.contains("shop, staging, web"))
            #expect(await run.yard("link", "-p", "shop").code == 2)
            #expect(await run.yard("link", input: nil, answers: []).code == 130)
        }
    }

    @Test("a deleted service is no longer linked")
    func linksAreForgotten() async throws {
        let answer: YardServer.Handler = { request in
            request.line.hasPrefix("DELETE") ? .text("", status: .noContent) : try .json(Samples.shop)
        }
        try await YardServer.run(answer) { server in
            let run = try CommandRun(server)
            run.set("SWITCHYARD_PROJECT_ID", "\(Samples.projectID)")
            #expect(await run.yard("link", "-e", "production", "-s", "api").code == 0)
            run.set("SWITCHYARD_PROJECT_ID", nil)
            #expect(await run.yard("delete", "service", "--yes").code == 0)
            #expect(server.lines.last == "DELETE /api/v1/services/\(Samples.api.id)")
            #expect(await run.yard("status").code == 4)
        }
    }

    @Test(
        "a folder's name becomes one that the platform takes",
        arguments: [
            ("/home/me/My Shop", "my-shop"), ("/x/_api_v2_", "api-v2"), ("/x/2048", "app-2048"), ("/", "app"), ("/x/日本", "app"),
            ("/x/" + String(repeating: "a-", count: 40), String((String(repeating: "a-", count: 20)).dropLast())),
        ])
    func folderNames(folder: String, name: String) {
        #expect(ResourceName.from(folder: folder) == name)
    }
}
