import Resources

/// Finds the service that `yard up` deploys to, and makes what is missing: a project and a service named after the folder, or
/// as the flags name them. What was found is the folder's link from then on, if it had none.
struct UpTarget: Sendable {
    let session: Session
    let client: YardClient
    /// The folder that is deployed.
    let folder: String

    func resolve() async throws -> ServiceTarget {
        let selection = TargetSelection(options: session.options, surroundings: session.surroundings)
        let known = session.configuration.link(server: client.server, folder: folder)
        if selection.isEmpty, let target = known.flatMap({ Target($0.link).withService }) { return target }
        let resolver = TargetResolver(client: client, selection: selection, link: known?.link, folder: folder)
        let project = try await project(resolver)
        let isLinked = known?.link.projectId == project.id
        let environment = try resolver.environment(of: project, linked: isLinked ? known?.link.environmentId : nil)
        let service = try await service(in: project, resolver, linked: isLinked ? known?.link.serviceId : nil)
        let target = Target(project: project, environment: environment, service: service)
        if known == nil || (isLinked && known?.link.serviceId == nil) {
            try session.save(target.link, folder: known?.folder ?? folder)
        }
        return ServiceTarget(
            projectId: project.id, project: project.name, environmentId: environment.id, environment: environment.name,
            serviceId: service.id, service: service.name)
    }

    private func project(_ resolver: TargetResolver) async throws -> Project {
        if resolver.selection.project.flatMap(Project.ID.init) != nil { return try await resolver.project() }
        if resolver.selection.project == nil, resolver.link != nil { return try await resolver.project() }
        let name = resolver.selection.project ?? ResourceName.from(folder: folder)
        if let project = TargetResolver.find(name, in: try await client.projects(), name: \.name) {
            if resolver.selection.project == nil, session.surroundings.isInteractive {
                let goesOn = try session.questions.confirm(
                    "There is already a project \(project.name). Deploy this folder to it?", flag: "--project")
                guard goesOn else {
                    throw YardError(
                        .interrupted, code: "INTERRUPTED", "nothing was deployed",
                        hint: "Say which project with --project, or make one with `yard init`.")
                }
            }
            return try await client.project(project.id)
        }
        let project = try await client.createProject(named: name)
        session.output.note("Created project \(project.name)")
        return project
    }

    private func service(in project: Project, _ resolver: TargetResolver, linked: Service.ID?) async throws -> Service {
        let ofFolder = ResourceName.from(folder: folder)
        if let selected = resolver.selection.service {
            if Service.ID(selected) != nil || TargetResolver.find(selected, in: project.services, name: \.name) != nil,
                let service = try resolver.service(of: project, linked: nil)
            {
                return service
            }
            return try await createService(named: selected, in: project)
        }
        if let service = project.services.first(where: { $0.id == linked }) ?? project.services.first(where: { $0.name == ofFolder }) {
            return service
        }
        // A project that was linked by hand, and has one service: that is the one meant.
        if resolver.link != nil, project.services.count == 1, let only = project.services.first { return only }
        return try await createService(named: ofFolder, in: project)
    }

    private func createService(named name: String, in project: Project) async throws -> Service {
        let service = try await client.createService(named: name, in: project.id)
        session.output.note("Created service \(service.name)")
        return service
    }
}
