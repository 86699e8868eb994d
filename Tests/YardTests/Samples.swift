import FoundationEssentials
import Resources

/// A project as a server would have it, with ids that stay the same.
enum Samples {
    static let time = Date(timeIntervalSince1970: 1_790_000_000)
    static let projectID = id(Project.self, 1)
    static let production = Environment(id: id(Environment.self, 2), projectId: projectID, name: "production", createdAt: time)
    static let staging = Environment(id: id(Environment.self, 3), projectId: projectID, name: "staging", createdAt: time)
    static let api = Service(id: id(Service.self, 4), projectId: projectID, name: "api", createdAt: time)
    static let web = Service(id: id(Service.self, 5), projectId: projectID, name: "web", createdAt: time)
    static let shop = Project(
        id: projectID, name: "shop", createdAt: time, environments: [production, staging], services: [api, web])
    static let identity = Identity(
        user: User(id: id(User.self, 6), name: "owner"), workspace: Workspace(id: id(Workspace.self, 7), name: "default", createdAt: time),
        role: .owner)

    static func id<Subject>(_ subject: Subject.Type, _ number: UInt8) -> Identifier<Subject> {
        Identifier(uuid: UUID(uuid: (1, 2, 3, 4, 5, 6, 0x70, 8, 0x80, 10, 11, 12, 13, 14, 15, number)))
    }

    static func deployment(
        _ number: UInt8 = 20, _ status: DeploymentStatus = .success, isActive: Bool = true, problem: Problem? = nil,
        phases: [Deployment.Phase] = []
    ) -> Deployment {
        Deployment(
            id: id(Deployment.self, number), projectId: projectID, environmentId: production.id, serviceId: api.id, status: status,
            isActive: isActive, source: .upload(sha256: String(repeating: "ab", count: 32)), trigger: .deploy,
            image: status == .failed ? nil : "localhost/api@sha256:1", problem: problem,
            replicas: [Replica(index: 0, state: .healthy)], phases: phases, createdAt: time, updatedAt: time,
            urls: ["http://api-production.localhost:8080"])
    }

    static func entry(active: Deployment? = deployment(), latest: Deployment? = nil) -> EnvironmentOverview.Entry {
        EnvironmentOverview.Entry(
            service: api, settings: ServiceSettings(healthcheckPath: "/health", replicas: 2), domains: [], volumes: [], active: active,
            latest: latest ?? active)
    }

    static func line(_ position: Int64, _ text: String, kind: LogKind = .deploy) -> LogLine {
        LogLine(
            position: position, time: time, deploymentId: id(Deployment.self, 20), serviceId: api.id, kind: kind,
            replica: kind == .deploy ? 0 : nil, level: .info, text: text)
    }

    /// The paths of the API for the sample service.
    static let servicePath = "/api/v1/environments/\(production.id)/services/\(api.id)"
}
