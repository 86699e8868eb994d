import FoundationEssentials
public import Kernel
import PostgresClient
public import Resources

extension ProjectService {
    /// Makes a project with one environment, `production`.
    ///
    /// - Throws: `NAME_INVALID`, `NAME_TAKEN`.
    public func createProject(_ access: Access, _ request: CreateProject) async throws -> Project {
        let access = try access.with(.projectWrite)
        try Names.validate(request.name, of: "project")
        return try await database.write(access) { work in
            let id = Project.ID.new()
            let rows = try await work.query(
                """
                insert into projects (id, name, created_at) values (\(id.uuid), \(request.name), clock_timestamp())
                on conflict (name) where deleted_at is null do nothing returning created_at
                """)
            guard let row = rows.first else { throw Names.taken(request.name, of: "project", in: "workspace") }
            try await work.append(ProjectCreated(project: id, name: request.name), to: "project/\(id)")
            let environment = try await Self.insertEnvironment("production", in: id, work)
            return Project(id: id, name: request.name, createdAt: try row.get("created_at"), environments: [environment])
        }
    }

    /// All projects of the workspace with their environments and services, oldest first.
    public func projects(_ access: Access) async throws -> [Project] {
        try await projects(access, where: "true")
    }

    /// - Throws: `PROJECT_NOT_FOUND`.
    public func project(_ access: Access, _ id: Project.ID) async throws -> Project {
        guard let project = try await projects(access, where: "p.id = \(id.uuid)").first else {
            throw SwitchyardError.notFound("project", id)
        }
        return project
    }

    /// - Throws: `PROJECT_NOT_FOUND`, `NAME_INVALID`, `NAME_TAKEN`.
    public func renameProject(_ access: Access, _ id: Project.ID, to name: String) async throws -> Project {
        let writer = try access.with(.projectWrite)
        try Names.validate(name, of: "project")
        try await database.write(writer) { work in
            let project = try await work.hold(id, .exclusive)
            guard project.name != name else { return }
            do {
                try await work.query("update projects set name = \(name) where id = \(id.uuid)")
            } catch let error as PostgresError where error.isUniqueViolation {
                throw Names.taken(name, of: "project", in: "workspace")
            }
            try await work.append(ProjectRenamed(project: id, name: name), to: "project/\(id)")
        }
        return try await project(access, id)
    }

    /// Deletes a project with all in it. What runs is wound down by the jobs that follow.
    ///
    /// - Throws: `PROJECT_NOT_FOUND`.
    public func deleteProject(_ access: Access, _ id: Project.ID) async throws {
        try await database.write(access.with(.projectDelete)) { work in
            _ = try await work.hold(id, .exclusive)
            try await work.query("update projects set deleted_at = now() where id = \(id.uuid)")
            let environments = try await work.query(
                "update environments set deleted_at = now() where project_id = \(id.uuid) and deleted_at is null returning id")
            try await work.query("update services set deleted_at = now() where project_id = \(id.uuid) and deleted_at is null")
            let remains = try await work.clear(where: "environment_id in (select id from environments where project_id = \(id.uuid))")
            try await work.append(ProjectDeleted(project: id), to: "project/\(id)")
            try await work.enqueueTeardown(of: environments, remains)
        }
    }

    private func projects(_ access: Access, where condition: SQL) async throws -> [Project] {
        let rows = try await database.query(
            access.with(.projectRead),
            """
            select p.id, p.name, p.created_at,
              (select coalesce(json_agg(json_build_object('id', e.id, 'name', e.name, 'created', extract(epoch from e.created_at))
                order by e.created_at, e.id), '[]') from environments e where e.project_id = p.id and e.deleted_at is null) as environments,
              (select coalesce(json_agg(json_build_object('id', s.id, 'name', s.name, 'created', extract(epoch from s.created_at))
                order by s.created_at, s.id), '[]') from services s where s.project_id = p.id and s.deleted_at is null) as services
            from projects p where p.deleted_at is null and \(condition) order by p.created_at, p.id
            """)
        return try rows.map { row in
            let id: Project.ID = try row.id("id")
            return Project(
                id: id, name: try row.get("name"), createdAt: try row.get("created_at"),
                environments: try NamedRow.decode(row.get("environments")).map {
                    Environment(id: .init(uuid: $0.id), projectId: id, name: $0.name, createdAt: $0.createdAt)
                },
                services: try NamedRow.decode(row.get("services")).map {
                    Service(id: .init(uuid: $0.id), projectId: id, name: $0.name, createdAt: $0.createdAt)
                })
        }
    }
}
