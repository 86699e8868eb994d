import FoundationEssentials
import Kernel
import Logging
import Orchestrator
import Resources

/// Drives one service in one environment to what its rows want. Level-triggered: the job says only where to look.
struct ConvergeWorker: Sendable {
    let context: DeployerContext
    let secretBox: SecretBox

    func handle(_ job: Job) async throws -> JobOutcome {
        let instance = try job.payload(as: DeploymentJobs.Converge.self).instance
        let access = try context.access(to: job.workspace)
        guard let blueprint = try await context.catalog.blueprint(of: instance, in: job.workspace) else { return .done }
        let records = try await context.store.unsettled(instance, access)
        let active = records.last { $0.isActive }
        let ready = records.filter { $0.status == .deploying || $0.status == .queued && $0.image != nil }
        if let candidate = ready.last, candidate.id > active?.id ?? candidate.id || active == nil {
            try await skip(ready.dropLast(), because: candidate, job)
            return try await deploy(candidate, blueprint, job)
        }
        try await skip(ready[...], because: active, job)
        if let active, [.success, .crashed].contains(active.status) {
            return try await adjust(active, blueprint, job)
        }
        return .done
    }

    /// A version that is ready to take over.
    private func deploy(_ candidate: DeploymentRecord, _ blueprint: ServiceBlueprint, _ job: Job) async throws -> JobOutcome {
        try await begin(candidate, job)
        let record = try await context.store.find(candidate.id, try context.access(to: job.workspace))
        guard record.status == .deploying else { return .done }
        // Domains may have come since the job was made: a service without one gets it now.
        let blueprint = try await context.catalog.blueprint(of: record.instance, in: job.workspace) ?? blueprint
        do {
            try await Rollout(context: context, job: job, record: record, blueprint: blueprint).run()
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            return try await failed(record, error, job)
        }
        try await context.write(job) { unit in
            guard try await context.store.setStatus(record.id, to: .success, from: [.deploying], in: unit) else { return }
            if let old = try await context.store.activate(record, in: unit) {
                // With a volume the old one was stopped already: it can't come back by itself.
                let successor = blueprint.volumes.isEmpty ? record.id : nil
                try await unit.enqueue(DeploymentJobs.drain(old, successor: successor, replicas: nil))
            }
        }
        return .done
    }

    private func begin(_ candidate: DeploymentRecord, _ job: Job) async throws {
        if candidate.variables == nil {
            try await context.catalog.ensureDomain(of: candidate.instance, in: job.workspace)
            let facts = VersionFacts(
                deployment: candidate.id, exposedPort: candidate.exposedPorts.count == 1 ? candidate.exposedPorts.first : nil,
                commit: candidate.commit)
            let variables = try await context.catalog.variables(of: candidate.instance, in: job.workspace, facts: facts)
            let sealed = try WorkloadFactory.seal(variables, with: secretBox, workspace: job.workspace)
            try await context.write(job) { unit in try await context.store.setVariables(sealed, of: candidate.id, in: unit) }
        }
        try await context.write(job) { unit in
            try await context.store.setStatus(candidate.id, to: .deploying, from: [.queued], in: unit)
        }
    }

    private func failed(_ record: DeploymentRecord, _ error: any Error, _ job: Job) async throws -> JobOutcome {
        let known = error as? SwitchyardError
        if known?.code == "LEASE_LOST" { throw error }
        if known?.code == "DEPLOYMENT_CANCELLED" { return .done }
        let isTransient =
            (error as? OrchestratorError)?.isTransient ?? (known?.kind == .unavailable || known == nil && !(error is OrchestratorError))
        if isTransient && job.attempts < 5 {
            context.logger.warning("a rollout is tried again", metadata: ["deployment": "\(record.id)", "error": "\(error)"])
            return .retry(after: .seconds(job.attempts), problem: "\(error)")
        }
        context.logger.info("a rollout failed", metadata: ["deployment": "\(record.id)", "error": "\(error)"])
        try await context.write(job) { unit in
            try await context.store.setStatus(record.id, to: .failed, from: [.deploying], problem: Self.problem(error), in: unit)
        }
        return .done
    }

    /// The active version with another number of replicas, or with fresh ones.
    private func adjust(_ active: DeploymentRecord, _ blueprint: ServiceBlueprint, _ job: Job) async throws -> JobOutcome {
        let replicas = try await context.store.replicas(of: [active.id], try context.access(to: job.workspace))
        let serving = Set(replicas.filter(\.serving).map(\.index))
        guard serving != Set(active.wantedReplicas) || active.status == .crashed else { return .done }
        do {
            try await Rollout(context: context, job: job, record: active, blueprint: blueprint).run()
        } catch is CancellationError {
            throw CancellationError()
        } catch let error as SwitchyardError where error.code != "LEASE_LOST" && error.kind != .unavailable {
            // What served goes on serving; the wish is given up, so that it isn't tried for ever.
            try await context.write(job) { unit in
                if let first = serving.min(), let last = serving.max() {
                    try await context.store.setReplicas(first..<last + 1, of: active.id, in: unit)
                }
                try await context.store.setProblem(error.problem, of: active.id, in: unit)
            }
            return .done
        }
        let extra = replicas.map(\.index).filter { !active.wantedReplicas.contains($0) }
        try await context.write(job) { unit in
            try await context.store.setStatus(active.id, to: .success, from: [.crashed], in: unit)
            if !extra.isEmpty {
                try await unit.enqueue(DeploymentJobs.drain(active.id, successor: nil, replicas: extra))
            }
        }
        return .done
    }

    private func skip(_ records: ArraySlice<DeploymentRecord>, because newer: DeploymentRecord?, _ job: Job) async throws {
        guard !records.isEmpty else { return }
        let problem = Problem(
            code: "SUPERSEDED", message: newer.map { "the newer deployment \($0.id) took its place" } ?? "a newer deployment took its place"
        )
        try await context.write(job) { unit in
            for record in records {
                try await context.store.setStatus(record.id, to: .skipped, from: [.queued, .deploying], problem: problem, in: unit)
            }
        }
    }

    private static func problem(_ error: any Error) -> Problem {
        switch error {
        case let error as SwitchyardError: error.problem
        case let error as OrchestratorError: Problem(code: error.code.rawValue, message: error.message, hint: "see `switchyard doctor`")
        default:
            Problem(
                code: "DEPLOY_FAULT", message: "the platform failed to deploy this", hint: "deploy again; the operator's log has the cause")
        }
    }
}
