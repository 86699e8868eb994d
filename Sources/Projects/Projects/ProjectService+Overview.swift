public import Kernel
public import Resources

extension ProjectService {
    /// The services of an environment with their settings, domains and volumes, in one round trip. The deployments are left
    /// for the caller to fill in.
    ///
    /// - Throws: `ENVIRONMENT_NOT_FOUND`.
    public func overview(_ access: Access, _ environment: Environment.ID) async throws -> EnvironmentOverview {
        let rows = try await database.query(access.with(.projectRead), EnvironmentDescription.query(environment))
        let description = try EnvironmentDescription(environment, rows: rows, hosts: hosts, bounds: bounds)
        return EnvironmentOverview(environment: description.environment, services: description.entries)
    }

    /// One service of an overview.
    ///
    /// - Throws: `ENVIRONMENT_NOT_FOUND`; `SERVICE_NOT_FOUND`, also when it is another project's.
    public func entry(_ access: Access, _ environment: Environment.ID, _ service: Service.ID) async throws -> EnvironmentOverview.Entry {
        let rows = try await database.query(access.with(.projectRead), EnvironmentDescription.query(environment, service: service))
        let description = try EnvironmentDescription(environment, rows: rows, hosts: hosts, bounds: bounds)
        guard let entry = description.entries.first else { throw SwitchyardError.notFound("service", service) }
        return entry
    }
}
