import Resources

/// A project's environment, with the names that people know them by; perhaps with a service in it.
struct Target: Hashable, Sendable {
    var projectId: Project.ID
    var project: String
    var environmentId: Environment.ID
    var environment: String
    var serviceId: Service.ID?
    var service: String?

    init(_ link: FolderLink) {
        projectId = link.projectId
        project = link.project
        environmentId = link.environmentId
        environment = link.environment
        serviceId = link.serviceId
        service = link.service
    }

    init(project: Project, environment: Environment, service: Service?) {
        projectId = project.id
        self.project = project.name
        environmentId = environment.id
        self.environment = environment.name
        serviceId = service?.id
        self.service = service?.name
    }

    var link: FolderLink {
        FolderLink(
            projectId: projectId, project: project, environmentId: environmentId, environment: environment, serviceId: serviceId,
            service: service)
    }

    /// The same with its service, when it has one.
    var withService: ServiceTarget? {
        guard let serviceId, let service else { return nil }
        return ServiceTarget(
            projectId: projectId, project: project, environmentId: environmentId, environment: environment, serviceId: serviceId,
            service: service)
    }
}

/// A service in an environment.
struct ServiceTarget: Hashable, Sendable {
    var projectId: Project.ID
    var project: String
    var environmentId: Environment.ID
    var environment: String
    var serviceId: Service.ID
    var service: String
}
