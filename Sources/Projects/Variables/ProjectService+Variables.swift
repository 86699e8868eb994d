import FoundationEssentials
public import Kernel
import PostgresClient
public import Resources

extension ProjectService {
    /// The variables of a service in an environment, or the shared ones, as they were written; sealed ones without a value.
    ///
    /// - Throws: `ENVIRONMENT_NOT_FOUND`, `SERVICE_NOT_FOUND`.
    public func variables(_ access: Access, _ environment: Environment.ID, _ service: Service.ID? = nil) async throws -> [Variable] {
        let access = try access.with(.variableRead)
        // One statement: a row of the place that is asked for, with its variables or nulls beside it.
        let rows = try await database.query(
            access,
            """
            select s.id is not null as has_service, v.name, v.sealed, case when not v.sealed then v.value end as value
            from environments e
            left join services s on s.project_id = e.project_id and s.id = \(service?.uuid)::uuid and s.deleted_at is null
            left join variables v on v.environment_id = e.id and v.service_id is not distinct from \(service?.uuid)::uuid
            where e.id = \(environment.uuid) and e.deleted_at is null order by v.name
            """)
        guard let first = rows.first else { throw SwitchyardError.notFound("environment", environment) }
        if let service, try !first.get("has_service", as: Bool.self) { throw SwitchyardError.notFound("service", service) }
        return try rows.compactMap { row in
            guard let name = try row.getOptional("name", as: String.self) else { return nil }
            let value = try row.getOptional("value", as: [UInt8].self).map { try text(of: $0, access.workspace) }
            return Variable(name: name, value: value, isSealed: try row.get("sealed"))
        }
    }

    /// Adds and replaces variables of a service, or shared ones. A sealed one stays sealed until it is removed.
    ///
    /// - Returns: The services whose replicas would get other values than before: the service itself, and all that refer to
    ///   what changed, directly or not.
    /// - Throws: `ENVIRONMENT_NOT_FOUND`, `SERVICE_NOT_FOUND`, `VARIABLE_NAME_INVALID`, `VALUE_TOO_LARGE`, `VALUE_INVALID`,
    ///   `VARIABLE_REFERENCE_INVALID`, `VARIABLE_LOOP`, `PORT_INVALID`.
    public func setVariables(
        _ access: Access, _ environment: Environment.ID, _ service: Service.ID? = nil, _ request: SetVariables
    ) async throws -> Set<Service.ID> {
        let access = try access.with(.variableWrite)
        let texts = try Self.validated(request.variables)
        return try await database.write(access) { work in
            let services = try await Self.holdVariables(environment, service, work)
            let old = try await graphInput(environment, work)
            let changed = try texts.keys.sorted().filter { name in
                guard let present = old[VariableKey(service: service, name: name)] else { return true }
                // Whether a sealed value was guessed right is not for the caller to learn.
                if present.isSealed || request.sealed { return true }
                return try text(of: present.value, access.workspace) != request.variables[name]
            }
            guard !changed.isEmpty else { return [] }
            try await store(changed.compactMap { texts[$0] }, environment, service, sealed: request.sealed, work)

            var references = old.mapValues(\.references)
            let keys = changed.map { VariableKey(service: service, name: $0) }
            for key in keys { references[key] = texts[key.name]?.text.references ?? [] }
            let graph = VariableGraph(references: references, services: services)
            do {
                _ = try graph.order(from: keys)
            } catch let loop as VariableGraph.Loop {
                throw VariableProblems(services: services).loop(loop)
            }
            try await work.append(
                VariableSet(environment: environment, service: service, names: changed, sealed: request.sealed),
                to: Self.stream(environment, service))
            return graph.dependents(of: keys)
        }
    }

    /// Removes a variable of a service, or a shared one.
    ///
    /// - Returns: The services whose replicas would get other values than before; one that still refers to the variable can't
    ///   be deployed until its reference is changed.
    /// - Throws: `ENVIRONMENT_NOT_FOUND`, `SERVICE_NOT_FOUND`, `VARIABLE_NOT_FOUND`.
    public func removeVariable(
        _ access: Access, _ environment: Environment.ID, _ service: Service.ID? = nil, name: String
    ) async throws -> Set<Service.ID> {
        try await database.write(access.with(.variableWrite)) { work in
            let services = try await Self.holdVariables(environment, service, work)
            let old = try await graphInput(environment, work)
            let key = VariableKey(service: service, name: name)
            guard old[key] != nil else { throw SwitchyardError.notFound("variable", ShownInput(name)) }
            try await work.query(
                """
                delete from variables where environment_id = \(environment.uuid)
                and service_id is not distinct from \(service?.uuid)::uuid and name = \(name)
                """)
            try await work.append(
                VariableRemoved(environment: environment, service: service, name: name), to: Self.stream(environment, service))
            return VariableGraph(references: old.mapValues(\.references), services: services).dependents(of: [key])
        }
    }

    func text(of sealed: [UInt8], _ workspace: Workspace.ID) throws -> String {
        String(decoding: try secrets.open(sealed, workspace: workspace), as: UTF8.self)
    }

    private static func stream(_ environment: Environment.ID, _ service: Service.ID?) -> String {
        service.map { "service/\($0)" } ?? "environment/\(environment)"
    }
}
