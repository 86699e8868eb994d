import FoundationEssentials
import Processes
import Resources
import Synchronization
import Testing

@testable import Yard

/// `yard up` from the folder to the URL.
@Suite("Up")
struct UpTests {
    /// A server on which a deployment goes through the given versions, one with each look at it.
    private final class Platform: Sendable {
        let steps: [Deployment]
        let logs: [LogLine]
        let projects: Mutex<[Project]>
        private let looks = Mutex(0)

        init(steps: [Deployment], logs: [LogLine] = [], projects: [Project] = [Samples.shop]) {
            self.steps = steps
            self.logs = logs
            self.projects = Mutex(projects)
        }

        @Sendable func answer(_ request: YardServer.Recorded) throws -> YardServer.Answer? {
            let words = request.line.split(separator: " ").map(String.init)
            let path = words[1].split(separator: "?")[0]
            let projects = projects.withLock { $0 }
            switch (words[0], path) {
            case ("GET", "/api/v1/projects"): return try .json(projects)
            case ("POST", "/api/v1/projects"):
                let name = try ResourceCoding.decode(CreateProject.self, from: Data(request.body)).name
                var project = Samples.shop
                project.name = name
                project.services = []
                let made = project
                self.projects.withLock { $0.append(made) }
                return try .json(made)
            case ("POST", "/api/v1/projects/\(Samples.projectID)/services"):
                var service = Samples.api
                service.name = try ResourceCoding.decode(CreateService.self, from: Data(request.body)).name
                return try .json(service)
            case ("GET", "/api/v1/projects/\(Samples.projectID)"): return try projects.first.map { try .json($0) }
            case ("POST", "\(Samples.servicePath)/deployments"): return try .json(Samples.deployment(20, .queued, isActive: false))
            case ("GET", "/api/v1/deployments/\(Samples.deployment().id)"):
                let look = looks.withLock { look in
                    look += 1
                    return look - 1
                }
                return try .json(steps[min(look, steps.count - 1)])
            case ("GET", "/api/v1/deployments/\(Samples.deployment().id)/logs"):
                let after = request.line.split(separator: "after=").dropFirst().first.flatMap { Int64($0.prefix { $0.isNumber }) } ?? 0
                return try .json(Page(items: logs.filter { $0.position > after }))
            default: return nil
            }
        }
    }

    private static let phases = [Deployment.Phase(name: "build", milliseconds: 1234), Deployment.Phase(name: "health", milliseconds: 80)]
    private static let good = [
        Samples.deployment(20, .building, isActive: false), Samples.deployment(20, .deploying, isActive: false),
        Samples.deployment(20, .success, phases: phases),
    ]

    private func source(_ run: CommandRun, _ name: String = "api") throws -> String {
        let folder = run.folder + "/" + name
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data("print('hello')\n".utf8).write(to: URL(filePath: folder + "/main.py"))
        try Data("*.log\n".utf8).write(to: URL(filePath: folder + "/.gitignore"))
        try Data("secret".utf8).write(to: URL(filePath: folder + "/debug.log"))
        return folder
    }

    @Test("a linked folder is uploaded in one request, followed, and ends with phases and URL")
    func linkedFolder() async throws {
        let platform = Platform(
            steps: Self.good, logs: [Samples.line(1, "step one", kind: .build), Samples.line(2, "listening on 8080")])
        try await YardServer.run(platform.answer) { server in
            let run = try CommandRun(server)
            let folder = try source(run)
            #expect(await run.yard("link", "-p", "shop", "-e", "production", "-s", "api", in: folder).code == 0)
            let before = server.recorded.count
            let up = await run.yard("up", in: folder)
            #expect(up.code == 0, "\(up.errors)")
            for part in ["step one", "listening on 8080", "build 1.2 s · health 80 ms", "http://api-production.localhost:8080"] {
                #expect(up.output.contains(part), "\(up.output)")
            }
            #expect(up.errors.contains("Building"))
            #expect(up.output.split(separator: "\n").count { $0.contains("step one") } == 1)
            let upload = server.recorded[before]
            #expect(upload.line == "POST \(Samples.servicePath)/deployments")
            #expect(upload.headers["content-type"] == "application/x-tar", "nothing is compressed for this machine itself")
            #expect(upload.headers["content-length"] == "\(upload.body.count)")
            try Data(upload.body).write(to: URL(filePath: run.folder + "/got.tar"))
            let listed = try await Command("tar", ["-tf", run.folder + "/got.tar"]).run()
            #expect(listed.output == ".gitignore\nmain.py\n")
        }
    }

    @Test("an unlinked folder gets a project and a service of its name, and is linked")
    func unlinkedFolder() async throws {
        let platform = Platform(steps: Self.good, projects: [])
        try await YardServer.run(platform.answer) { server in
            let run = try CommandRun(server)
            _ = try source(run, "My Blog")
            let up = await run.yard("up", "My Blog")
            #expect(up.code == 0, "\(up.errors)")
            #expect(server.recorded.first { $0.line == "POST /api/v1/projects" }?.json == #"{"name":"my-blog"}"#)
            #expect(server.recorded.first { $0.line.hasSuffix("/services") }?.json == #"{"name":"my-blog"}"#)
            #expect(up.errors.contains("Created project my-blog"))
            let before = server.lines.count
            #expect(await run.yard("up", in: run.folder + "/My Blog").code == 0)
            #expect(server.lines[before] == "POST \(Samples.servicePath)/deployments")
        }
    }

    @Test("flags name a project and a service, which are made when they are not there")
    func flagsCreate() async throws {
        let platform = Platform(steps: Self.good)
        try await YardServer.run(platform.answer) { server in
            let run = try CommandRun(server)
            let up = await run.yard("up", try source(run), "--project", "shop", "--service", "worker", "--detach")
            #expect(up.code == 0, "\(up.errors)")
            #expect(
                server.lines == [
                    "GET /api/v1/projects", "GET /api/v1/projects/\(Samples.projectID)",
                    "POST /api/v1/projects/\(Samples.projectID)/services",
                    "POST \(Samples.servicePath)/deployments",
                ])
            #expect(await run.yard("up", try source(run), "--project", "shop", "--environment", "nowhere").code == 4)
        }
    }

    @Test("a person is asked before a folder goes to a project that is already there")
    func existingProjectIsConfirmed() async throws {
        let platform = Platform(steps: Self.good)
        try await YardServer.run(platform.answer) { server in
            let run = try CommandRun(server)
            let folder = try source(run, "shop")
            #expect(await run.yard("up", in: folder, input: nil, answers: ["n"]).code == 130)
            #expect(!server.lines.contains { $0.hasPrefix("POST") })
        }
    }

    @Test(
        "a deployment that fails ends with 1, its reason and the next step",
        arguments: [
            (DeploymentStatus.failed, Problem(code: "BUILD_FAILED", message: "pip found no flask==9", hint: "Check requirements.txt.")),
            (.crashed, Problem(code: "REPLICA_CRASHED", message: "replica 0 exited with 1")),
            (.skipped, nil), (.removed, nil),
        ] as [(DeploymentStatus, Problem?)])
    func failure(status: DeploymentStatus, problem: Problem?) async throws {
        let platform = Platform(
            steps: [Samples.deployment(20, status, isActive: false, problem: problem)],
            logs: [Samples.line(5, "the last words", kind: .build)])
        try await YardServer.run(platform.answer) { server in
            let run = try CommandRun(server)
            let folder = try source(run)
            let up = await run.yard("up", folder, "-p", "shop", "-s", "api")
            #expect(up.code == 1)
            #expect(up.output.contains("the last words"))
            #expect(up.errors.contains(problem?.message ?? "did not go live"))
            #expect(up.errors.contains("→ " + (problem?.hint ?? (status == .crashed ? "Read its log" : "`yard deployment list`"))))
            let json = await run.yard("up", folder, "--json")
            #expect(json.code == 1)
            #expect(try ResourceCoding.decode(Deployment.self, from: Data(json.output.utf8)).status == status)
            #expect(
                try ResourceCoding.decode(Problem.self, from: Data(json.errors.utf8)).code == problem?.code
                    ?? "DEPLOYMENT_\(status.rawValue)")
        }
    }

    @Test("live events and lines are taken from the WebSocket, each line once")
    func live() async throws {
        let built = Mutex(false)
        let isBuilt: @Sendable () -> Bool = { built.withLock { $0 } }
        let lines = [Samples.line(7, "from the socket", kind: .build), Samples.line(8, "and on", kind: .build)]
        let answer: YardServer.Handler = { request in
            switch request.line.split(separator: "?")[0] {
            case "GET /api/v1/projects/\(Samples.projectID)": try .json(Samples.shop)
            case "POST \(Samples.servicePath)/deployments": try .json(Samples.deployment(20, .queued))
            case "GET /api/v1/deployments/\(Samples.deployment().id)":
                try .json(isBuilt() ? Samples.deployment(20, .success) : Samples.deployment(20, .building))
            case "GET /api/v1/deployments/\(Samples.deployment().id)/logs":
                try .json(Page(items: request.line.contains("after=8") ? [] : lines))
            default: nil
            }
        }
        let script: YardServer.Live = { connection in
            let live = LiveScript(connection: connection)
            try await live.requests { request in
                guard case .logs(let id, let deployment, let kind, nil, true) = request else { return false }
                #expect(deployment == Samples.deployment().id)
                #expect(kind == .build)
                try await live.send(.log(id: id, lines: lines))
                try await live.send(.log(id: id, lines: lines))
                built.withLock { $0 = true }
                let event = EventRecord(
                    position: 3, stream: "deployment/\(deployment)", version: 4, type: "deployment.succeeded", data: "{}", actor: "system",
                    time: Samples.time)
                try await live.send(.event(id: "events", event: event))
                return false
            }
        }
        try await YardServer.run(live: script, answer) { server in
            let run = try CommandRun(server)
            run.set("SWITCHYARD_PROJECT_ID", "\(Samples.projectID)")
            run.set("SWITCHYARD_SERVICE_ID", "api")
            let up = await run.yard("up", try source(run), "--ci")
            #expect(up.code == 0, "\(up.errors)")
            #expect(up.output.split(separator: "\n").count { $0.contains("from the socket") } == 1)
            #expect(up.output.split(separator: "\n").count { $0.contains("and on") } == 1)
        }
    }

    @Test("an upload that the server cuts short for want of a right token says so")
    func refusedUpload() async throws {
        try await YardServer.run({ _ in nil }) { server in
            let run = try CommandRun(server)
            run.set("SWITCHYARD_TOKEN", "wrong")
            #expect(await run.yard("up", try source(run)).code == 3)
        }
    }

    @Test("a folder without files, or that isn't there, is not uploaded")
    func nothingToUpload() async throws {
        try await YardServer.run({ _ in nil }) { server in
            let run = try CommandRun(server)
            try FileManager.default.createDirectory(atPath: run.folder + "/empty", withIntermediateDirectories: true)
            let empty = await run.yard("up", "empty")
            #expect(empty.code == 1)
            #expect(empty.errors.contains("no file"))
            #expect(await run.yard("up", "nowhere").code == 4)
            #expect(server.recorded.isEmpty)
        }
    }

    @Test("rollback without a name goes to the newest that was live before")
    func rollback() async throws {
        let deployments = [
            Samples.deployment(23, .failed, isActive: false), Samples.deployment(22, .success),
            Samples.deployment(21, .skipped, isActive: false), Samples.deployment(19, .removed, isActive: false),
            Samples.deployment(18, .removed, isActive: false),
        ]
        let answer: YardServer.Handler = { request in
            switch request.line.split(separator: "?")[0] {
            case "GET /api/v1/projects/\(Samples.projectID)": return try .json(Samples.shop)
            case "GET \(Samples.servicePath)/deployments": return try .json(Page(items: deployments))
            case "POST /api/v1/deployments/\(Samples.deployment(19).id)/rollback": return try .json(Samples.deployment(24, .queued))
            default: return nil
            }
        }
        try await YardServer.run(answer) { server in
            let run = try CommandRun(server)
            run.set("SWITCHYARD_PROJECT_ID", "\(Samples.projectID)")
            run.set("SWITCHYARD_SERVICE_ID", "api")
            let result = await run.yard("rollback", "--detach")
            #expect(result.code == 0, "\(result.errors)")
        }
    }
}
