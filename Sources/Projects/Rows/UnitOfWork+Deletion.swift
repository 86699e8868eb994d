import Kernel
import PostgresClient
import Resources

/// What a deletion leaves to be wound down in one environment.
struct Remains {
    var hosts: [String] = []
    var volumes: [Volume.ID] = []
}

extension UnitOfWork {
    /// Lets go of all that hangs on deleted services or environments: host names become free, variables are gone at once,
    /// volumes are marked and go with the teardown.
    ///
    /// - Parameter scope: A condition on the columns `environment_id` and `service_id`.
    func clear(where scope: SQL) async throws -> [Environment.ID: Remains] {
        let results = try await transaction.batch([
            """
            with gone as (delete from domains where \(scope) returning environment_id, host),
            freed as (delete from switchyard.hostnames using gone where hostnames.host = gone.host)
            select environment_id, host from gone
            """,
            "update volumes set deleted_at = now() where deleted_at is null and \(scope) returning environment_id, id",
            "delete from variables where \(scope)",
            "delete from service_settings where \(scope)",
        ])
        var remains: [Environment.ID: Remains] = [:]
        for row in results[0] { try remains[row.id("environment_id"), default: Remains()].hosts.append(row.get("host")) }
        for row in results[1] { try remains[row.id("environment_id"), default: Remains()].volumes.append(row.id("id")) }
        return remains
    }

    /// Puts the winding down of environments in line, or of one service in them.
    func enqueueTeardown(of environments: [Row], service: Service.ID? = nil, _ remains: [Environment.ID: Remains]) async throws {
        for row in environments {
            let environment: Environment.ID = try row.id("id")
            let left = remains[environment] ?? Remains()
            try await enqueue(Teardown(environment: environment, service: service, hosts: left.hosts, volumes: left.volumes))
        }
    }
}
