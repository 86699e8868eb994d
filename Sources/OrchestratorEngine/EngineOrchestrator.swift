public import ContainerEngine
public import Logging
public import Orchestrator

/// Runs workloads as containers of one engine on this machine. Keeps no state: names and labels in the engine say all.
public struct EngineOrchestrator: WorkloadOrchestrator {
    let client: EngineClient
    let names: EngineNames
    let plan: ContainerPlan
    let logger: Logger

    /// - Parameter instance: the installation's name, 1 to 30 of a-z, 0-9 and hyphens; two that share an engine need two.
    public init(client: EngineClient, instance: String, logger: Logger) throws {
        self.client = client
        self.logger = logger
        names = try EngineNames(instance: instance)
        plan = ContainerPlan(
            names: names, product: client.version.product, limits: .current(),
            engineHasInit: client.version.product == .docker || InitProgram.isInstalled())
    }

    @discardableResult
    public func apply(_ workload: Workload) async throws -> WorkloadStatus {
        try WorkloadRules.check(workload)
        guard let image = try await image(workload.image) else {
            throw OrchestratorError(.imageMissing, "the image \(workload.image) isn't on this machine")
        }
        return try await translatingErrors(about: workload.id) {
            let wanted = try plan.specification(of: workload, image: image)
            let container = try await ensureContainer(wanted, for: workload)
            if ["created", "initialized", "configured"].contains(container.state.status) {
                try await client.startContainer(container.id)
                return status(of: workload.id, from: try await client.container(container.id))
            }
            return status(of: workload.id, from: container)
        }
    }

    /// Finds the container that was made from this description, or makes it in the place of what is there.
    private func ensureContainer(_ wanted: ContainerSpecification, for workload: Workload) async throws -> ContainerDetails {
        let name = names.container(workload.id)
        let label = EngineNames.Label.specification
        for _ in 0..<3 {
            if let found = try await details(name) {
                if found.configuration.labels?[label] == wanted.labels[label] { return found }
                logger.info("replacing a container of another description", metadata: ["workload": "\(workload.id)"])
                try await client.stopContainer(found.id, grace: workload.stopGrace)
                try await client.removeContainer(found.id)
            }
            do {
                return try await client.container(try await client.createContainer(name: name, wanted))
            } catch let error as EngineError where error.code == .conflict {
                // Somebody else just made it; or an engine that was killed while it made it left its name behind, and then
                // removing it by name frees it.
                if try await details(name) == nil { try await client.removeContainer(name) }
            }
        }
        throw OrchestratorError(.failed, "the container \(name) could not be made: its name is taken again and again", isTransient: true)
    }

    public func start(_ id: WorkloadID) async throws {
        try await translatingErrors(about: id) { try await client.startContainer(names.container(id)) }
    }

    public func restart(_ id: WorkloadID) async throws {
        try await translatingErrors(about: id) {
            let container = try await client.container(names.container(id))
            let grace = container.configuration.labels?[EngineNames.Label.grace].flatMap { Int($0) } ?? 10
            try await client.stopContainer(container.id, grace: .seconds(grace))
            try await client.startContainer(container.id)
        }
    }

    public func stop(_ id: WorkloadID, grace: Duration) async throws {
        try await translatingErrors(about: id) {
            do {
                try await client.stopContainer(names.container(id), grace: grace)
            } catch let error as EngineError where error.code == .notFound {
                return
            } catch let error as EngineError where error.code == .conflict {
                // Podman's word for one that was never started.
                if try await details(names.container(id))?.state.isRunning == true { throw error }
            }
        }
    }

    public func remove(_ id: WorkloadID) async throws {
        try await translatingErrors(about: id) {
            do {
                // Podman's removal would wait ten seconds for SIGTERM first.
                try await client.killContainer(names.container(id), signal: "SIGKILL")
            } catch let error as EngineError where error.code == .notFound || error.code == .conflict {
                // It isn't there or doesn't run, which is as good.
            }
            try await client.removeContainer(names.container(id))
        }
    }
}
