public import Kernel
import PostgresClient
public import Resources

/// What deployments ask.
extension ProjectService {
    /// Nil when the service or the environment is deleted.
    public func describe(_ access: Access, _ environment: Environment.ID, _ service: Service.ID) async throws -> DescribedService? {
        let rows = try await database.query(access.with(.projectRead), EnvironmentDescription.query(environment, service: service))
        guard !rows.isEmpty else { return nil }
        let description = try EnvironmentDescription(environment, rows: rows, hosts: hosts, bounds: bounds)
        return description.entries.first.map {
            DescribedService(
                environment: description.environment, projectName: description.projectName, service: $0.service, settings: $0.settings,
                domains: $0.domains, volumes: $0.volumes)
        }
    }

    /// The services that have a host name, with the environments that they have it in.
    public func servicesWithDomains(_ access: Access) async throws -> [(environment: Environment.ID, service: Service.ID)] {
        let rows = try await database.query(
            access.with(.projectRead), "select distinct environment_id, service_id from domains order by environment_id, service_id")
        return try rows.map { (environment: try $0.id("environment_id"), service: try $0.id("service_id")) }
    }
}
