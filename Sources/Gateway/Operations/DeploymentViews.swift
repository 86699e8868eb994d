import Deployments
import Kernel
import Projects
import Resources

/// Deployments as clients see them: with the URLs of their service, which another module knows.
struct DeploymentViews: Sendable {
    let projects: ProjectService
    let deployments: DeploymentService

    /// - Parameter instance: What all of `deployments` are versions of.
    func complete(_ deployments: [Deployment], of instance: ServiceInstance, _ access: Access) async throws -> [Deployment] {
        let urls = try await urls(of: instance, access)
        return deployments.map { deployment in
            var deployment = deployment
            deployment.urls = urls
            return deployment
        }
    }

    func complete(_ deployment: Deployment, _ access: Access) async throws -> Deployment {
        var deployment = deployment
        let instance = ServiceInstance(environment: deployment.environmentId, service: deployment.serviceId)
        deployment.urls = try await urls(of: instance, access)
        return deployment
    }

    /// The environment's services with their active and newest deployments.
    func complete(_ overview: EnvironmentOverview, _ access: Access) async throws -> EnvironmentOverview {
        let found = try await deployments.activeAndLatest(access.with(.deploymentRead), in: overview.environment.id)
        var overview = overview
        overview.services = overview.services.map {
            Self.complete($0, active: found[$0.service.id]?.active, latest: found[$0.service.id]?.latest)
        }
        return overview
    }

    func complete(_ entry: EnvironmentOverview.Entry, in environment: Environment.ID, _ access: Access) async throws
        -> EnvironmentOverview.Entry
    {
        let found = try await deployments.activeAndLatest(access.with(.deploymentRead), in: environment)[entry.service.id]
        return Self.complete(entry, active: found?.active, latest: found?.latest)
    }

    private static func complete(_ entry: EnvironmentOverview.Entry, active: Deployment?, latest: Deployment?) -> EnvironmentOverview.Entry
    {
        var entry = entry
        entry.active = active
        entry.latest = latest
        let urls = entry.domains.compactMap(\.url)
        entry.active?.urls = urls
        entry.latest?.urls = urls
        return entry
    }

    /// None when the service is deleted: its deployments are still shown.
    private func urls(of instance: ServiceInstance, _ access: Access) async throws -> [String] {
        do {
            return try await projects.domains(access.with(.projectRead), instance.environment, instance.service).compactMap(\.url)
        } catch let error as SwitchyardError where error.kind == .notFound {
            return []
        }
    }
}
