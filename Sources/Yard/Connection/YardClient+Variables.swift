import Resources

extension YardClient {
    func variables(_ target: ServiceTarget) async throws -> [Variable] {
        try await send(.get("environments", "\(target.environmentId)", "services", "\(target.serviceId)", "variables"))
    }

    func sharedVariables(_ environment: Environment.ID) async throws -> [Variable] {
        try await send(.get("environments", "\(environment)", "variables"))
    }

    func setVariables(_ target: ServiceTarget, _ variables: SetVariables) async throws {
        try await send(.put("environments", "\(target.environmentId)", "services", "\(target.serviceId)", "variables", json: variables))
    }

    func setSharedVariables(_ environment: Environment.ID, _ variables: SetVariables) async throws {
        try await send(.put("environments", "\(environment)", "variables", json: variables))
    }

    func deleteVariable(_ target: ServiceTarget, named name: String) async throws {
        try await send(.delete("environments", "\(target.environmentId)", "services", "\(target.serviceId)", "variables", name))
    }

    func deleteSharedVariable(_ environment: Environment.ID, named name: String) async throws {
        try await send(.delete("environments", "\(environment)", "variables", name))
    }

    /// Name and value of each as a replica would get them, without the sealed ones.
    func renderedVariables(_ target: ServiceTarget) async throws -> [String: String] {
        try await send(.get("environments", "\(target.environmentId)", "services", "\(target.serviceId)", "variables", "rendered"))
    }
}
