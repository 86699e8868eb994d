import Resources

extension YardClient {
    func domains(_ target: ServiceTarget) async throws -> [Domain] {
        try await send(.get("environments", "\(target.environmentId)", "services", "\(target.serviceId)", "domains"))
    }

    func createDomain(_ target: ServiceTarget, _ domain: CreateDomain) async throws -> Domain {
        try await send(.post("environments", "\(target.environmentId)", "services", "\(target.serviceId)", "domains", json: domain))
    }

    func deleteDomain(_ id: Domain.ID) async throws {
        try await send(.delete("domains", "\(id)"))
    }

    func volumes(_ target: ServiceTarget) async throws -> [Volume] {
        try await send(.get("environments", "\(target.environmentId)", "services", "\(target.serviceId)", "volumes"))
    }

    func createVolume(_ target: ServiceTarget, _ volume: CreateVolume) async throws -> Volume {
        try await send(.post("environments", "\(target.environmentId)", "services", "\(target.serviceId)", "volumes", json: volume))
    }

    func deleteVolume(_ id: Volume.ID) async throws {
        try await send(.delete("volumes", "\(id)"))
    }
}
