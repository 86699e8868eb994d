import ContainerEngine
import Orchestrator
public import Resources

extension EngineOrchestrator {
    public func ensureNetwork(for environment: Environment.ID) async throws {
        let name = names.network(environment)
        // Docker keeps its networks apart well enough.
        if client.version.product == .podman { await NetworkIsolation(logger: logger).ensure() }
        try await translatingErrors {
            do {
                _ = try await client.network(name)
                return
            } catch let error as EngineError where error.code == .notFound {
                // It is made now.
            }
            do {
                try await client.createNetwork(
                    name, bridge: NetworkIsolation.bridge(network: name), labels: names.labels(.environment(environment)))
            } catch let error as EngineError where error.code == .conflict {
                // Somebody else just made it.
                _ = try await client.network(name)
            }
        }
    }

    public func removeNetwork(for environment: Environment.ID) async throws {
        try await translatingErrors { try await client.removeNetwork(names.network(environment)) }
    }

    public func ensureVolume(_ name: String) async throws {
        try await translatingErrors { _ = try await client.createVolume(try names.volume(name), labels: names.labels(.all)) }
    }

    public func removeVolume(_ name: String) async throws {
        try await translatingErrors { try await client.removeVolume(try names.volume(name)) }
    }
}
