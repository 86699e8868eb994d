import FoundationEssentials
import Kernel
import Logging
import Orchestrator
import Resources

/// Takes a deployment from QUEUED over BUILDING to DEPLOYING: makes its image, or fetches it.
struct BuildWorker: Sendable {
    let context: DeployerContext
    let builder: any ImageBuilder
    let secretBox: SecretBox

    func handle(_ job: Job) async throws -> JobOutcome {
        let id = try job.payload(as: DeploymentJobs.Build.self).deployment
        let record = try await context.store.find(id, try context.access(to: job.workspace))
        guard [.queued, .building].contains(record.status) else { return .done }
        guard let blueprint = try await context.catalog.blueprint(of: record.instance, in: job.workspace) else {
            try await settle(record, .skipped, Problem(code: "SERVICE_DELETED", message: "the service was deleted"), job)
            return .done
        }
        try await begin(record, job)
        do {
            try await stoppedByCancellation(record, job) {
                try await build(record, blueprint, job)
            }
        } catch is CancellationError {
            throw CancellationError()
        } catch let error as SwitchyardError where error.code == "DEPLOYMENT_CANCELLED" {
            return .done
        } catch let error as SwitchyardError where error.code != "LEASE_LOST" && error.kind != .unavailable {
            await log(error.message, .error, record, job)
            await context.logs.buildEnded(subject(record, job))
            try await settle(record, .failed, error.problem, job)
        } catch  where job.attempts < 3 {
            context.logger.warning("a build is tried again", metadata: ["deployment": "\(id)", "error": "\(error)"])
            return .retry(after: .seconds(job.attempts * 2), problem: "\(error)")
        } catch {
            context.logger.error("a build failed", metadata: ["deployment": "\(id)", "error": "\(error)"])
            let problem =
                (error as? SwitchyardError)?.problem
                ?? Problem(
                    code: "BUILD_FAULT", message: "the platform failed to build this",
                    hint: "deploy again; the operator's log has the cause")
            try await settle(record, .failed, problem, job)
        }
        return .done
    }

    private func begin(_ record: DeploymentRecord, _ job: Job) async throws {
        let waited = Int(Date().timeIntervalSince(record.createdAt) * 1000)
        try await context.write(job) { unit in
            guard try await context.store.setStatus(record.id, to: .building, from: [.queued], in: unit) else { return }
            try await context.store.addPhase(.init(name: "queue", milliseconds: max(0, waited)), to: record.id, in: unit)
        }
    }

    private func build(_ record: DeploymentRecord, _ blueprint: ServiceBlueprint, _ job: Job) async throws {
        let started = ContinuousClock.now
        try await context.catalog.ensureDomain(of: record.instance, in: job.workspace)
        let product: BuildProduct
        if case .image(let reference) = record.source {
            product = try await fetch(reference, blueprint.settings, record, job)
        } else {
            let variables = try await context.catalog.variables(
                of: record.instance, in: job.workspace, facts: VersionFacts(deployment: record.id, exposedPort: nil, commit: nil))
            let order = BuildOrder(
                deployment: record.id, workspace: job.workspace, instance: record.instance, serviceName: blueprint.serviceName,
                source: record.source, settings: blueprint.settings, variables: variables)
            product = try await builder.build(order) { level, text in await log(text, level, record, job) }
        }
        await context.logs.buildEnded(subject(record, job))
        var settings = blueprint.settings
        settings.healthcheckPath = settings.healthcheckPath ?? product.healthcheckPath
        let facts = VersionFacts(
            deployment: record.id, exposedPort: product.exposedPorts.count == 1 ? product.exposedPorts.first : nil, commit: product.commit)
        let variables = try await context.catalog.variables(of: record.instance, in: job.workspace, facts: facts)
        let sealed = try WorkloadFactory.seal(variables, with: secretBox, workspace: job.workspace)
        let time = (ContinuousClock.now - started).components
        let milliseconds = Int(time.seconds * 1000 + time.attoseconds / 1_000_000_000_000_000)
        try await context.write(job) { [settings] unit in
            try await context.store.setProduct(product, settings: settings, variables: sealed, of: record.id, in: unit)
            try await context.store.addPhase(.init(name: "build", milliseconds: milliseconds), to: record.id, in: unit)
            guard try await context.store.setStatus(record.id, to: .deploying, from: [.building], in: unit) else { return }
            try await unit.enqueue(DeploymentJobs.converge(record.instance))
        }
    }

    /// An image of a registry. Its name may mean another image than last time, and only the registry knows who may have it: so it
    /// is asked, and when it can't be reached, what this service ran under that name before is used. Names under `localhost/`
    /// mean images that the operator made on this machine.
    private func fetch(_ reference: String, _ settings: ServiceSettings, _ record: DeploymentRecord, _ job: Job) async throws
        -> BuildProduct
    {
        let details: ImageDetails
        do {
            if reference.hasPrefix("localhost/"), let present = try await context.orchestrator.image(reference) {
                details = present
            } else {
                details = try await pull(reference, record, job)
            }
        } catch let error as OrchestratorError where !error.isTransient {
            throw SwitchyardError(
                .invalid, code: error.code.rawValue, "the image \(reference) cannot be had: \(error.message)",
                hint: "check its name and tag, and that the registry is reachable from this machine")
        }
        await log("image \(details.id)", .info, record, job)
        return BuildProduct(
            image: details.id, command: settings.startCommand.map { ["/bin/sh", "-c", $0] }, exposedPorts: details.exposedPorts,
            plan: "image \(reference)")
    }

    private func pull(_ reference: String, _ record: DeploymentRecord, _ job: Job) async throws -> ImageDetails {
        do {
            let credentials = try await builder.credentials(forImage: reference)
            return try await context.orchestrator.pull(reference, credentials: credentials) { line in await log(line, .info, record, job) }
        } catch let error as OrchestratorError where error.isTransient {
            let earlier = try await context.store.list(record.instance, before: record.id, limit: 100, context.access(to: job.workspace))
            guard let image = earlier.first(where: { $0.source == .image(reference: reference) && $0.image != nil })?.image,
                let details = try await context.orchestrator.image(image)
            else { throw error }
            await log("\(error.message); the image that this service had before is used", .warn, record, job)
            return details
        }
    }

    /// Ends the build when somebody cancels the deployment.
    private func stoppedByCancellation(_ record: DeploymentRecord, _ job: Job, _ body: @escaping @Sendable () async throws -> Void)
        async throws
    {
        let access = try context.access(to: job.workspace)
        try await withThrowingTaskGroup { group in
            group.addTask { try await body() }
            group.addTask {
                for await _ in context.wakeups.signals(
                    on: EventStore.channel, payload: job.workspace.description, atLeastEvery: .seconds(2))
                {
                    guard try await context.store.find(record.id, access).status != .building else { continue }
                    throw SwitchyardError(.conflict, code: "DEPLOYMENT_CANCELLED", "the deployment was cancelled")
                }
                try await Task.sleep(for: .seconds(3600))
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func settle(_ record: DeploymentRecord, _ status: DeploymentStatus, _ problem: Problem, _ job: Job) async throws {
        try await context.write(job) { unit in
            try await context.store.setStatus(record.id, to: status, from: [.queued, .building], problem: problem, in: unit)
        }
    }

    private func log(_ text: String, _ level: LogLevel, _ record: DeploymentRecord, _ job: Job) async {
        await context.logs.buildLine(text, level: level, of: subject(record, job))
    }

    private func subject(_ record: DeploymentRecord, _ job: Job) -> LogSubject {
        LogSubject(workspace: job.workspace, instance: record.instance, deployment: record.id)
    }
}
