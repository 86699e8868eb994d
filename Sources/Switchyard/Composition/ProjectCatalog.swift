import Deployments
import Kernel
import Projects
import Resources

/// What Deployments asks about services, answered by Projects.
struct ProjectCatalog: ServiceCatalog {
    let projects: ProjectService

    private func access(_ workspace: Workspace.ID, _ permission: Permission = .projectRead) throws -> Access {
        try Caller.system("deployer").access(to: workspace, permission)
    }

    func blueprint(of instance: ServiceInstance, in workspace: Workspace.ID) async throws -> ServiceBlueprint? {
        guard let described = try await projects.describe(access(workspace), instance.environment, instance.service) else { return nil }
        return ServiceBlueprint(
            project: described.environment.projectId, projectName: described.projectName, environmentName: described.environment.name,
            serviceName: described.service.name, settings: described.settings, domains: described.domains, volumes: described.volumes)
    }

    func variables(of instance: ServiceInstance, in workspace: Workspace.ID, facts: VersionFacts) async throws -> [String: SecretText] {
        let git = facts.commit.map {
            DeploymentFacts.Git(commit: $0.sha, author: $0.author, branch: $0.branch, message: $0.message)
        }
        return try await projects.unsealedVariables(
            access(workspace, .variableUnseal), instance.environment, instance.service,
            facts: DeploymentFacts(deployment: facts.deployment, git: git, exposedPort: facts.exposedPort))
    }

    func instancesWithDomains(in workspace: Workspace.ID) async throws -> [ServiceInstance] {
        try await projects.servicesWithDomains(access(workspace)).map { ServiceInstance(environment: $0.environment, service: $0.service) }
    }

    func ensureDomain(of instance: ServiceInstance, in workspace: Workspace.ID) async throws {
        guard let blueprint = try await blueprint(of: instance, in: workspace), blueprint.settings.isPublic, blueprint.domains.isEmpty
        else { return }
        _ = try await projects.addDomain(access(workspace, .domainWrite), instance.environment, instance.service, CreateDomain())
    }
}
