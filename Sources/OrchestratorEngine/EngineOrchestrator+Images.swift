import ContainerEngine
public import Orchestrator

extension EngineOrchestrator {
    public func image(_ reference: String) async throws -> ImageDetails? {
        try await translatingErrors {
            do {
                return ImageDetails(try await client.image(reference))
            } catch let error as EngineError where error.code == .notFound {
                return nil
            }
        }
    }

    public func pull(
        _ reference: String, credentials: RegistryCredentials?, progress: @escaping @Sendable (String) async -> Void
    ) async throws -> ImageDetails {
        try await translatingErrors {
            let login = credentials.map { RegistryLogin(username: $0.username, password: $0.password) }
            do {
                for try await line in try await client.pull(reference, login: login) {
                    if let error = line.error { throw OrchestratorError.pullFailed(reference, error) }
                    guard let status = line.status, !status.isEmpty else { continue }
                    await progress(line.id.map { "\($0): \(status)" } ?? status)
                }
            } catch let error as EngineError where error.code == .notFound || error.code == .failed {
                throw OrchestratorError.pullFailed(reference, error.message)
            }
        }
        guard let image = try await image(reference) else {
            throw OrchestratorError.pullFailed(reference, "the engine says that it has it, and doesn't")
        }
        return image
    }

    public func removeImage(_ reference: String) async throws {
        try await translatingErrors { try await client.removeImage(reference) }
    }
}

extension OrchestratorError {
    fileprivate static func pullFailed(_ reference: String, _ reason: String) -> OrchestratorError {
        let lasting = ["unauthorized", "denied", "manifest unknown", "not found", "invalid reference"]
        let text = reason.lowercased()
        return OrchestratorError(
            .pullFailed, "the image \(reference) could not be fetched: \(reason)", isTransient: !lasting.contains { text.contains($0) })
    }
}

extension ImageDetails {
    init(_ image: EngineImage) {
        let configuration = image.configuration
        let variables = (configuration?.environment ?? []).map { $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false) }
        self.init(
            id: image.id.hasPrefix("sha256:") ? image.id : "sha256:" + image.id,
            digests: image.digests ?? [], tags: image.tags ?? [], exposedPorts: Self.ports(configuration?.exposedPorts ?? [:]),
            entrypoint: configuration?.entrypoint ?? [], command: configuration?.command ?? [], user: configuration?.user ?? "",
            environmentVariables: Dictionary(
                variables.map { (String($0[0]), $0.count > 1 ? String($0[1]) : "") }, uniquingKeysWith: { _, later in later }),
            labels: configuration?.labels ?? [:], volumePaths: (configuration?.volumes ?? [:]).keys.sorted(), size: image.size ?? 0)
    }

    /// `8080/tcp`, `8080`, `8000-8010/tcp` (its first).
    private static func ports(_ exposed: [String: EngineImage.Empty]) -> [Int] {
        exposed.keys.compactMap { key in
            let parts = key.split(separator: "/")
            guard parts.count == 1 || parts.last == "tcp" else { return nil }
            return parts.first?.split(separator: "-").first.flatMap { Int($0) }
        }
        .sorted()
    }
}
