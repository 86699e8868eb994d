public import Kernel
import PostgresClient
public import Resources

extension ProjectService {
    /// Makes a service, which is then in each environment of the project.
    ///
    /// - Throws: `PROJECT_NOT_FOUND`, `NAME_INVALID`, `NAME_TAKEN`.
    public func createService(_ access: Access, _ project: Project.ID, _ request: CreateService) async throws -> Service {
        let access = try access.with(.projectWrite)
        try Self.validate(serviceName: request.name)
        return try await database.write(access) { work in
            _ = try await work.hold(project, .shared)
            let id = Service.ID.new()
            let rows = try await work.query(
                """
                insert into services (id, project_id, name, created_at)
                values (\(id.uuid), \(project.uuid), \(request.name), clock_timestamp())
                on conflict (project_id, name) where deleted_at is null do nothing returning created_at
                """)
            guard let row = rows.first else { throw Names.taken(request.name, of: "service", in: "project") }
            try await work.append(ServiceCreated(service: id, project: project, name: request.name), to: "service/\(id)")
            return Service(id: id, projectId: project, name: request.name, createdAt: try row.get("created_at"))
        }
    }

    /// - Throws: `SERVICE_NOT_FOUND`.
    public func service(_ access: Access, _ id: Service.ID) async throws -> Service {
        let rows = try await database.query(
            access.with(.projectRead), "select project_id, name, created_at from services where id = \(id.uuid) and deleted_at is null")
        guard let row = rows.first else { throw SwitchyardError.notFound("service", id) }
        return Service(id: id, projectId: try row.id("project_id"), name: try row.get("name"), createdAt: try row.get("created_at"))
    }

    /// Renames a service, and the references to it in all variables of the project. Its name in the private network changes
    /// with its next deployment; generated host names stay.
    ///
    /// - Throws: `SERVICE_NOT_FOUND`, `NAME_INVALID`, `NAME_TAKEN`.
    public func renameService(_ access: Access, _ id: Service.ID, to name: String) async throws -> Service {
        let access = try access.with(.projectWrite)
        try Self.validate(serviceName: name)
        return try await database.write(access) { work in
            let parents = try await work.query("select project_id from services where id = \(id.uuid)")
            guard let parent = try parents.first?.id("project_id", of: Project.self) else { throw SwitchyardError.notFound("service", id) }
            // In line with the changes of variables in each environment.
            try await work.query(
                "select 1 from environments where project_id = \(parent.uuid) and deleted_at is null order by id for update")
            var service = try await work.hold(id, .exclusive)
            guard service.name != name else { return service }
            do {
                try await work.query("update services set name = \(name) where id = \(id.uuid)")
            } catch let error as PostgresError where error.isUniqueViolation {
                throw Names.taken(name, of: "service", in: "project")
            }
            try await renameReferences(in: parent, from: service.name, to: name, work)
            try await work.append(ServiceRenamed(service: id, name: name), to: "service/\(id)")
            service.name = name
            return service
        }
    }

    /// Deletes a service from all environments. What runs is wound down by the jobs that follow.
    ///
    /// - Throws: `SERVICE_NOT_FOUND`.
    public func deleteService(_ access: Access, _ id: Service.ID) async throws {
        try await database.write(access.with(.projectDelete)) { work in
            let service = try await work.hold(id, .exclusive)
            try await work.query("update services set deleted_at = now() where id = \(id.uuid)")
            let remains = try await work.clear(where: "service_id = \(id.uuid)")
            try await work.append(ServiceDeleted(service: id, project: service.projectId), to: "service/\(id)")
            let environments = try await work.query(
                "select id from environments where project_id = \(service.projectId.uuid) and deleted_at is null order by id")
            try await work.enqueueTeardown(of: environments, service: id, remains)
        }
    }

    /// `shared` is what references call the variables of all services.
    private static func validate(serviceName name: String) throws {
        try Names.validate(name, of: "service")
        guard name != VariableReference.sharedScope else {
            throw SwitchyardError(
                .invalid, code: "NAME_INVALID", "a service cannot be named \(name): references to shared variables begin so",
                hint: "choose another name")
        }
    }
}
