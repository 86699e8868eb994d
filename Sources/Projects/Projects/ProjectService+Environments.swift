public import Kernel
import PostgresClient
public import Resources

extension ProjectService {
    /// Makes an environment in which every service of the project has default settings and no variables yet.
    ///
    /// - Throws: `PROJECT_NOT_FOUND`, `NAME_INVALID`, `NAME_TAKEN`.
    public func createEnvironment(_ access: Access, _ project: Project.ID, _ request: CreateEnvironment) async throws -> Environment {
        let access = try access.with(.projectWrite)
        try Names.validate(request.name, of: "environment")
        return try await database.write(access) { work in
            _ = try await work.hold(project, .shared)
            return try await Self.insertEnvironment(request.name, in: project, work)
        }
    }

    /// Deletes an environment. What runs in it is wound down by the job that follows.
    ///
    /// - Throws: `ENVIRONMENT_NOT_FOUND`, `LAST_ENVIRONMENT`.
    public func deleteEnvironment(_ access: Access, _ id: Environment.ID) async throws {
        try await database.write(access.with(.projectDelete)) { work in
            let parents = try await work.query("select project_id from environments where id = \(id.uuid) and deleted_at is null")
            guard let parent = try parents.first?.id("project_id", of: Project.self) else {
                throw SwitchyardError.notFound("environment", id)
            }
            _ = try await work.hold(parent, .exclusive)
            let environment = try await work.hold(id, .exclusive)
            let others = try await work.query(
                "select 1 from environments where project_id = \(parent.uuid) and id <> \(id.uuid) and deleted_at is null limit 1")
            guard !others.isEmpty else {
                throw SwitchyardError(
                    .conflict, code: "LAST_ENVIRONMENT", "\(environment.name) is the project's only environment",
                    hint: "delete the project instead, or make another environment first")
            }
            let deleted = try await work.query("update environments set deleted_at = now() where id = \(id.uuid) returning id")
            let remains = try await work.clear(where: "environment_id = \(id.uuid)")
            try await work.append(EnvironmentDeleted(environment: id, project: parent), to: "environment/\(id)")
            try await work.enqueueTeardown(of: deleted, remains)
        }
    }

    static func insertEnvironment(_ name: String, in project: Project.ID, _ work: UnitOfWork) async throws -> Environment {
        let id = Environment.ID.new()
        let rows = try await work.query(
            """
            insert into environments (id, project_id, name, created_at) values (\(id.uuid), \(project.uuid), \(name), clock_timestamp())
            on conflict (project_id, name) where deleted_at is null do nothing returning created_at
            """)
        guard let row = rows.first else { throw Names.taken(name, of: "environment", in: "project") }
        try await work.append(EnvironmentCreated(environment: id, project: project, name: name), to: "environment/\(id)")
        return Environment(id: id, projectId: project, name: name, createdAt: try row.get("created_at"))
    }
}
