public import Kernel
import PostgresClient
public import Resources

extension ProjectService {
    /// What a replica gets: a service's variables with references resolved, sealed ones too, and the provided ones. `PORT` is
    /// always there, and a port. For the deployer only, whose permission nobody with a token has.
    ///
    /// - Throws: `ENVIRONMENT_NOT_FOUND`, `SERVICE_NOT_FOUND`, `VARIABLE_LOOP`, `VARIABLE_REFERENCE_UNKNOWN`, `VALUE_TOO_LARGE`,
    ///   `PORT_INVALID`.
    public func unsealedVariables(
        _ access: Access, _ environment: Environment.ID, _ service: Service.ID, facts: DeploymentFacts
    ) async throws -> [String: SecretText] {
        try await render(access.with(.variableUnseal), environment, service, facts).mapValues { Secret($0.text) }
    }

    /// The same for people, to run a service on their own machine: without sealed variables, and without those that have a
    /// sealed one in them.
    ///
    /// - Throws: As ``unsealedVariables(_:_:_:facts:)``.
    public func renderedVariables(
        _ access: Access, _ environment: Environment.ID, _ service: Service.ID
    ) async throws -> [String: String] {
        try await render(access.with(.variableRead), environment, service, DeploymentFacts()).filter { !$0.value.isSealed }.mapValues(
            \.text)
    }

    private func render(
        _ access: Access, _ environment: Environment.ID, _ service: Service.ID, _ facts: DeploymentFacts
    ) async throws -> [String: VariableRenderer.Rendered] {
        let results = try await database.read(access) { transaction in
            try await transaction.batch([EnvironmentDescription.query(environment), StoredVariable.query(environment)])
        }
        let description = try EnvironmentDescription(environment, rows: results.first ?? [], hosts: hosts, bounds: bounds)
        guard let entry = description.entries.first(where: { $0.service.id == service }) else {
            throw SwitchyardError.notFound("service", service)
        }
        let variables = try (results.last ?? []).map { try StoredVariable($0) }
        let renderer = VariableRenderer(
            description: description, variables: Dictionary(variables.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first }),
            provided: ProvidedVariables(description: description, hosts: hosts),
            open: { try text(of: $0.value, access.workspace) })
        return try renderer.render(entry, facts: facts)
    }
}
