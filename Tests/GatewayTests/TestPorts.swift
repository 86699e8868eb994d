import Builds
import Deployments
import FoundationEssentials
import Kernel
import Orchestrator
import Projects
import Resources
import Synchronization

/// Projects, as Deployments asks for them.
struct TestCatalog: ServiceCatalog {
    let projects: ProjectService

    func blueprint(of instance: ServiceInstance, in workspace: Workspace.ID) async throws -> ServiceBlueprint? {
        let access = try Caller.system("test").access(to: workspace, .projectRead)
        let overview = try await projects.overview(access, instance.environment)
        let entry = try await projects.entry(access, instance.environment, instance.service)
        return ServiceBlueprint(
            project: overview.environment.projectId, projectName: "test", environmentName: overview.environment.name,
            serviceName: entry.service.name, settings: entry.settings, domains: entry.domains, volumes: entry.volumes)
    }

    func variables(of instance: ServiceInstance, in workspace: Workspace.ID, facts: VersionFacts) async throws -> [String: SecretText] {
        [:]
    }

    func instancesWithDomains(in workspace: Workspace.ID) async throws -> [ServiceInstance] {
        []
    }

    func ensureDomain(of instance: ServiceInstance, in workspace: Workspace.ID) async throws {}
}

/// Has every image, and builds none: nothing takes the jobs here. What it refuses is what the real one refuses.
struct TestBuilder: ImageBuilder {
    private let rules = Builder(
        configuration: BuilderConfiguration(instance: "test", workDirectory: "/nonexistent", cacheDirectory: "/nonexistent"))

    func validate(_ source: DeploymentSource) async throws {
        switch source {
        case .upload: break
        case .git(let url, let reference): try rules.validateGit(url: url, reference: reference)
        case .image(let reference): try rules.validateImage(reference)
        }
    }

    func credentials(forImage reference: String) async throws -> RegistryCredentials? {
        nil
    }

    func hasImage(_ image: String) async throws -> Bool {
        true
    }

    func build(_ order: BuildOrder, log: @escaping @Sendable (LogLevel, String) async -> Void) async throws -> BuildProduct {
        BuildProduct(image: "sha256:0", command: nil, exposedPorts: [], plan: "test")
    }
}

struct TestRouter: TrafficRouter {
    func apply(_ routes: [ServiceRoute], revision: Int64) async throws {}
    func replaceAll(_ routes: [ServiceRoute], revision: Int64) async throws {}
    func remove(hosts: [String], revision: Int64) async throws {}

    func inFlight(to endpoints: [RouteEndpoint]) async throws -> Int {
        0
    }

    func deploymentAnswering(host: String, path: String) async throws -> Deployment.ID? {
        nil
    }
}

/// A terminal that greets with its command and size, repeats what it gets, and ends at "exit" with ``TestGateway/terminalExitCode``.
enum TestTerminal {
    @Sendable static func open(
        _ access: Access, _ workload: WorkloadID, _ command: [String], _ size: TerminalSize,
        _ body: @escaping @Sendable (Terminal) async throws -> Void
    ) async throws -> Int? {
        let (output, continuation) = AsyncThrowingStream.makeStream(of: [UInt8].self, throwing: (any Error).self)
        let hasEnded = Mutex(false)
        continuation.yield(Array("\(command.joined(separator: " ")) \(size.columns)x\(size.rows)\n".utf8))
        let terminal = Terminal(output: output) { bytes in
            if bytes == Array("exit".utf8) {
                hasEnded.withLock { $0 = true }
                continuation.finish()
            } else {
                continuation.yield(bytes)
            }
        } resize: { size in
            continuation.yield(Array("\(size.columns)x\(size.rows)\n".utf8))
        }
        try await body(terminal)
        return hasEnded.withLock { $0 } ? TestGateway.terminalExitCode : nil
    }
}
