import Resources

/// Finds out where a command acts: what the user says wins over the folder's link, and what only has one possible answer is
/// not asked for.
struct TargetResolver: Sendable {
    let client: YardClient
    let selection: TargetSelection
    let link: FolderLink?
    /// For messages.
    let folder: String

    /// The environment, and the service if one is selected, linked, or the only one (looked up when `lookingForService`).
    func target(lookingForService: Bool) async throws -> Target {
        if selection.isEmpty, let link, link.serviceId != nil || !lookingForService { return Target(link) }
        let project = try await project()
        let isLinked = link?.projectId == project.id
        return Target(
            project: project,
            environment: try environment(of: project, linked: isLinked ? link?.environmentId : nil),
            service: try service(of: project, linked: isLinked ? link?.serviceId : nil))
    }

    /// The environment and the service.
    func serviceTarget() async throws -> ServiceTarget {
        let target = try await target(lookingForService: true)
        if let result = target.withService { return result }
        let services = try await client.project(target.projectId).services
        guard !services.isEmpty else {
            throw YardError(
                .notFound, code: "SERVICE_NOT_FOUND", "project \(target.project) has no services yet",
                hint: "Deploy one from its folder with `yard up`.")
        }
        throw YardError.usage(
            "which service? \(target.project) has: \(services.map(\.name).joined(separator: ", "))",
            hint: "Say it with --service, or link the folder with `yard link`.")
    }

    /// The project by name or id.
    func project() async throws -> Project {
        if let selected = selection.project {
            if let id = Project.ID(selected) { return try await client.project(id) }
            let projects = try await client.projects()
            guard let project = Self.find(selected, in: projects, name: \.name) else {
                throw Self.missing("project", selected, among: projects.map(\.name), hint: "Create it with `yard init --name \(selected)`.")
            }
            return try await client.project(project.id)
        }
        guard let link else {
            throw YardError(
                .notFound, code: "NOT_LINKED", "\(folder) is not linked to a project",
                hint: "Link it with `yard link`, create a project with `yard init`, deploy it with `yard up`, or say --project.")
        }
        return try await client.project(link.projectId)
    }

    func environment(of project: Project, linked: Environment.ID?) throws(YardError) -> Environment {
        let environments = project.environments
        if let selected = selection.environment {
            guard
                let environment = environments.first(where: { "\($0.id)" == selected.lowercased() })
                    ?? Self.find(selected, in: environments, name: \.name)
            else {
                throw Self.missing(
                    "environment", selected, among: environments.map(\.name), hint: "Create it with `yard environment new \(selected)`.")
            }
            return environment
        }
        if let linked, let environment = environments.first(where: { $0.id == linked }) { return environment }
        guard
            let environment = environments.first(where: { $0.name == "production" }) ?? (environments.count == 1 ? environments.first : nil)
        else {
            throw .usage(
                "which environment? \(project.name) has: \(environments.map(\.name).joined(separator: ", "))", hint: "Say --environment.")
        }
        return environment
    }

    func service(of project: Project, linked: Service.ID?) throws(YardError) -> Service? {
        if let selected = selection.service {
            guard
                let service = project.services.first(where: { "\($0.id)" == selected.lowercased() })
                    ?? Self.find(selected, in: project.services, name: \.name)
            else {
                throw Self.missing("service", selected, among: project.services.map(\.name), hint: "`yard up --service` makes a new one.")
            }
            return service
        }
        if let linked, let service = project.services.first(where: { $0.id == linked }) { return service }
        return project.services.count == 1 ? project.services.first : nil
    }

    static func find<Item>(_ wanted: String, in items: [Item], name: (Item) -> String) -> Item? {
        items.first { name($0) == wanted } ?? items.first { name($0) == wanted.lowercased() }
    }

    static func missing(_ kind: String, _ wanted: String, among names: [String], hint: String) -> YardError {
        let present = names.isEmpty ? "There is none." : "There are: \(names.joined(separator: ", "))."
        return YardError(.notFound, code: "\(kind.uppercased())_NOT_FOUND", "there is no \(kind) \(wanted)", hint: "\(present) \(hint)")
    }
}
