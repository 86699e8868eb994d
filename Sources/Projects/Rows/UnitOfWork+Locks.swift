import FoundationEssentials
import Kernel
import PostgresClient
import Resources

/// How a row is held until the transaction ends.
enum RowLock {
    /// It stays; others may hold it too.
    case shared
    /// Nobody else holds it: changes that must not run at once are in line behind this.
    case exclusive

    var clause: SQL {
        switch self {
        case .shared: "for share"
        case .exclusive: "for update"
        }
    }
}

/// Commands hold the rows they depend on, so that nothing is added to what is being deleted. They do so from the top down
/// (project, environment, service): two commands then wait for each other in one direction only.
extension UnitOfWork {
    /// - Throws: `PROJECT_NOT_FOUND`.
    func hold(_ id: Project.ID, _ lock: RowLock) async throws -> Project {
        let rows = try await query(
            "select name, created_at from projects where id = \(id.uuid) and deleted_at is null \(lock.clause)")
        guard let row = rows.first else { throw SwitchyardError.notFound("project", id) }
        return Project(id: id, name: try row.get("name"), createdAt: try row.get("created_at"))
    }

    /// - Throws: `ENVIRONMENT_NOT_FOUND`.
    func hold(_ id: Environment.ID, _ lock: RowLock) async throws -> Environment {
        let rows = try await query(
            "select project_id, name, created_at from environments where id = \(id.uuid) and deleted_at is null \(lock.clause)")
        guard let row = rows.first else { throw SwitchyardError.notFound("environment", id) }
        return Environment(id: id, projectId: try row.id("project_id"), name: try row.get("name"), createdAt: try row.get("created_at"))
    }

    /// - Throws: `SERVICE_NOT_FOUND`.
    func hold(_ id: Service.ID, _ lock: RowLock) async throws -> Service {
        let rows = try await query(
            "select project_id, name, created_at from services where id = \(id.uuid) and deleted_at is null \(lock.clause)")
        guard let row = rows.first else { throw SwitchyardError.notFound("service", id) }
        return Service(id: id, projectId: try row.id("project_id"), name: try row.get("name"), createdAt: try row.get("created_at"))
    }

    /// Holds a service in an environment, the service exclusively.
    ///
    /// - Throws: `ENVIRONMENT_NOT_FOUND`; `SERVICE_NOT_FOUND`, also when it is another project's.
    func hold(_ environmentID: Environment.ID, _ serviceID: Service.ID) async throws -> (environment: Environment, service: Service) {
        let environment = try await hold(environmentID, .shared)
        let service = try await hold(serviceID, .exclusive)
        guard environment.projectId == service.projectId else { throw SwitchyardError.notFound("service", serviceID) }
        return (environment, service)
    }
}
