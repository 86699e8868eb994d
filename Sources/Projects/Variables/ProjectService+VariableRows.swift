import Kernel
import PostgresClient
import Resources

extension ProjectService {
    /// A variable that was checked.
    struct WrittenVariable {
        let name: String
        /// As it was written, with blanks and all.
        let value: String
        let text: VariableText
    }

    static func validated(_ variables: [String: String]) throws -> [String: WrittenVariable] {
        var written: [String: WrittenVariable] = [:]
        for (name, value) in variables {
            try VariableNames.validate(name)
            try VariableNames.validate(value: value, of: name)
            do {
                let text = try VariableText(value)
                if name == "PORT", text.references.isEmpty { try Ports.validate(text: value) }
                written[name] = WrittenVariable(name: name, value: value, text: text)
            } catch let fault as VariableText.InvalidReference {
                throw VariableProblems.invalid(fault, in: name)
            }
        }
        return written
    }

    /// Holds the environment, so that all changes of its variables are in line, and returns the project's services.
    static func holdVariables(_ environment: Environment.ID, _ service: Service.ID?, _ work: UnitOfWork) async throws -> [Service] {
        let environment = try await work.hold(environment, .exclusive)
        if let service {
            guard try await work.hold(service, .shared).projectId == environment.projectId else {
                throw SwitchyardError.notFound("service", service)
            }
        }
        let rows = try await work.query(
            "select id, name, created_at from services where project_id = \(environment.projectId.uuid) and deleted_at is null")
        return try rows.map {
            Service(id: try $0.id("id"), projectId: environment.projectId, name: try $0.get("name"), createdAt: try $0.get("created_at"))
        }
    }

    func graphInput(_ environment: Environment.ID, _ work: UnitOfWork) async throws -> [VariableKey: StoredVariable] {
        let rows = try await work.query(StoredVariable.query(environment))
        return Dictionary(try rows.map { try StoredVariable($0) }.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func store(
        _ variables: [WrittenVariable], _ environment: Environment.ID, _ service: Service.ID?, sealed: Bool, _ work: UnitOfWork
    ) async throws {
        let workspace = work.access.workspace
        let values = try variables.map { try secrets.seal($0.value.utf8, workspace: workspace).hex }
        let references = variables.map { $0.text.references.map(\.description).joined(separator: " ") }
        // One statement, however many there are.
        try await work.query(
            """
            insert into variables (environment_id, service_id, name, value, refs, sealed)
            select \(environment.uuid)::uuid, \(service?.uuid)::uuid, name, decode(value, 'hex'), string_to_array(refs, ' '), \(sealed)::boolean
            from unnest(\(variables.map(\.name))::text[], \(values)::text[], \(references)::text[]) as written (name, value, refs)
            on conflict (environment_id, service_id, name)
            do update set value = excluded.value, refs = excluded.refs, sealed = variables.sealed or excluded.sealed
            """)
        let sizes = try await work.query(
            """
            select coalesce(sum(octet_length(name) + octet_length(value)), 0)::bigint as bytes from variables
            where environment_id = \(environment.uuid) and service_id is not distinct from \(service?.uuid)::uuid
            """)
        guard let size = try sizes.first?.get("bytes", as: Int.self), size <= VariableRenderer.maximumBytes else {
            throw VariableProblems.tooLarge(service == nil ? "the environment" : "the service")
        }
    }

    /// Rewrites the references to a service in all variables of its project.
    func renameReferences(in project: Project.ID, from old: String, to new: String, _ work: UnitOfWork) async throws {
        let rows = try await work.query(
            """
            select environment_id, service_id, name, value, refs, sealed from variables
            where environment_id in (select id from environments where project_id = \(project.uuid))
            and exists (select from unnest(refs) r where split_part(r, '.', 1) = \(old) and strpos(r, '.') > 0)
            """)
        for row in rows {
            let variable = try StoredVariable(row)
            let plain = try text(of: variable.value, work.access.workspace)
            let renamed = try VariableText(plain).renaming(old, to: new)
            try await store(
                [WrittenVariable(name: variable.key.name, value: renamed.source, text: renamed)], row.id("environment_id"),
                variable.key.service,
                sealed: variable.isSealed, work)
        }
    }
}
