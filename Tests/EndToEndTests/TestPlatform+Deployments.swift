import Glibc
import Resources
import Testing

extension Application {
    /// Where it answers: its project and its service have the same name.
    var host: String { "\(name).localhost" }
}

extension TestPlatform {
    /// Deploys and waits until it is live.
    @discardableResult
    func deploy(_ app: Application) async throws -> Deployment {
        try await yardJSON(Deployment.self, "up", "--project", app.name, "--service", app.name, in: app.folder)
    }

    /// Asks for a deployment of an application that was deployed before, and doesn't wait for it.
    func beginDeploying(_ app: Application) async throws -> Deployment {
        try await yardJSON(Deployment.self, "up", "--detach", in: app.folder)
    }

    /// All of an application's deployments, the newest first.
    func deployments(of app: Application) async throws -> [Deployment] {
        try await yardJSON([Deployment].self, "deployment", "list", "--limit", "100", in: app.folder)
    }

    func deployment(_ id: Deployment.ID, of app: Application) async throws -> Deployment {
        try #require(try await deployments(of: app).first { $0.id == id })
    }

    /// Waits until a deployment has one of these states; the API may be away meanwhile.
    @discardableResult
    func wait(
        for states: Set<DeploymentStatus>, of id: Deployment.ID, _ app: Application, within limit: Duration = .seconds(120)
    ) async throws -> Deployment {
        var last: Deployment?
        do {
            try await eventually("deployment \(id) is \(states.map(\.rawValue).sorted())", within: limit) {
                last = try? await deployment(id, of: app)
                return last.map { states.contains($0.status) } ?? false
            }
        } catch {
            throw Failure(text: "\(error); it is \(last.map { "\($0.status) \(String(describing: $0.problem))" } ?? "not to be seen")")
        }
        return try #require(last)
    }

    /// Waits until a deployment went live.
    func waitUntilLive(_ id: Deployment.ID, of app: Application) async throws {
        let settled: Set<DeploymentStatus> = [.success, .failed, .crashed, .skipped, .removing, .removed]
        let deployment = try await wait(for: settled, of: id, app)
        #expect(deployment.status == .success, "\(String(describing: deployment.problem))")
    }

    /// Waits until a deployment's containers are the only ones of this platform.
    func waitUntilAlone(_ id: Deployment.ID, replicas: Int = 1) async throws {
        try await eventually("only \(replicas) containers of \(id) are left", within: .seconds(90)) {
            let all = try await containers()
            return all.count == replicas && all.allSatisfy { $0.contains("\(id)") }
        }
    }

    /// Ends a process as nothing can be cleaned up after.
    func kill(_ process: pid_t, _ signal: Int32 = SIGKILL) {
        #expect(Glibc.kill(process, signal) == 0)
    }
}
