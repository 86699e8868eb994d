import Builds
import Deployments
import Kernel
import Orchestrator
import Resources

/// Images for Deployments: built by Builds, looked up at the orchestrator.
struct BuildsImageBuilder: ImageBuilder {
    let builder: Builder
    let blobs: DiskBlobStore
    let orchestrator: any WorkloadOrchestrator
    /// Nil when the engine has the store that is built into.
    let handover: ImageHandover?
    /// The operator's file of logins; read anew each time, because tokens run out and are replaced.
    let registryAuth: String?

    func validate(_ source: DeploymentSource) async throws {
        switch source {
        case .upload(let sha256):
            guard blobs.contains(sha256) else { throw SwitchyardError.notFound("upload", sha256.prefix(64)) }
        case .git(let url, let reference):
            try builder.validateGit(url: url, reference: reference)
        case .image(let reference):
            try builder.validateImage(reference)
        }
    }

    func hasImage(_ image: String) async throws -> Bool {
        try await orchestrator.image(image) != nil
    }

    func build(_ order: BuildOrder, log: @escaping @Sendable (LogLevel, String) async -> Void) async throws -> BuildProduct {
        let request = BuildRequest(
            id: order.deployment, workspace: order.workspace, service: order.instance.service, environment: order.instance.environment,
            source: try source(order.source), settings: order.settings, variables: order.variables.mapValues { $0.reveal() })
        let image = try await builder.build(request, onLine: log)
        let id = if let handover { try await handover.handOver(image, of: order.deployment) } else { image.id }
        return BuildProduct(
            image: id, command: image.command, exposedPorts: image.exposedPorts, plan: image.planSummary,
            commit: image.commit.map { GitCommit(sha: $0.hash, branch: $0.branch, author: $0.author, message: $0.message) },
            healthcheckPath: image.hints.healthcheckPath)
    }

    func credentials(forImage reference: String) async throws -> RegistryCredentials? {
        try registryAuth.flatMap { try RegistryLogins(file: $0).credentials(for: reference) }
    }

    private func source(_ source: DeploymentSource) throws -> BuildRequest.Source {
        switch source {
        case .upload(let sha256):
            return .archive(path: blobs.path(of: sha256))
        case .git(let url, let reference):
            return .git(url: url, reference: reference)
        case .image(let reference):
            throw SwitchyardError(.internalFault, code: "NOTHING_TO_BUILD", "the image \(reference) is not built")
        }
    }
}
