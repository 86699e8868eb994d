import Resources

extension YardClient {
    func me() async throws -> Identity {
        try await send(.get("me"))
    }

    func projects() async throws -> [Project] {
        try await send(.get("projects"))
    }

    func project(_ id: Project.ID) async throws -> Project {
        try await send(.get("projects", "\(id)"))
    }

    func createProject(named name: String) async throws -> Project {
        try await send(.post("projects", json: CreateProject(name: name)))
    }

    func deleteProject(_ id: Project.ID) async throws {
        try await send(.delete("projects", "\(id)"))
    }

    func createEnvironment(named name: String, in project: Project.ID) async throws -> Environment {
        try await send(.post("projects", "\(project)", "environments", json: CreateEnvironment(name: name)))
    }

    func deleteEnvironment(_ id: Environment.ID) async throws {
        try await send(.delete("environments", "\(id)"))
    }

    func overview(_ environment: Environment.ID) async throws -> EnvironmentOverview {
        try await send(.get("environments", "\(environment)"))
    }

    func createService(named name: String, in project: Project.ID) async throws -> Service {
        try await send(.post("projects", "\(project)", "services", json: CreateService(name: name)))
    }

    func deleteService(_ id: Service.ID) async throws {
        try await send(.delete("services", "\(id)"))
    }

    func entry(_ target: ServiceTarget) async throws -> EnvironmentOverview.Entry {
        try await send(.get("environments", "\(target.environmentId)", "services", "\(target.serviceId)"))
    }

    func updateSettings(_ target: ServiceTarget, _ settings: UpdateSettings) async throws -> ServiceSettings {
        try await send(.patch("environments", "\(target.environmentId)", "services", "\(target.serviceId)", json: settings))
    }
}
