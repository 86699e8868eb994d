import Kernel
import Logging
import Orchestrator
import Resources

/// Lets replicas that no longer get new requests end those they have, then stops and removes them. While the version that
/// took over is young the old one is kept: should the new one die at once, the old one serves again.
struct DrainWorker: Sendable {
    let context: DeployerContext
    /// How long a version must live before the one it replaced is let go.
    var settlingTime: Duration = .seconds(3)

    func handle(_ job: Job) async throws -> JobOutcome {
        let order = try job.payload(as: DeploymentJobs.Drain.self)
        let access = try context.access(to: job.workspace)
        let record = try await context.store.find(order.deployment, access)
        let replicas = try await context.store.replicas(of: [record.id], access)
            .filter { order.replicas?.contains($0.index) ?? true }
        if try await waitUntilIdle(replicas, record, order, job) == .neededAgain { return .done }
        try await withThrowingTaskGroup { group in
            for replica in replicas {
                group.addTask { try await context.removeReplica(replica.workloadID, in: job.workspace, job: job) }
            }
            try await group.waitForAll()
        }
        if order.replicas == nil {
            try await context.write(job) { unit in
                try await context.store.setStatus(record.id, to: .removed, from: [.removing, .success, .crashed], in: unit)
            }
        }
        return .done
    }

    private enum Verdict { case idle, neededAgain }

    private func waitUntilIdle(
        _ replicas: [ReplicaRecord], _ record: DeploymentRecord, _ order: DeploymentJobs.Drain, _ job: Job
    ) async throws -> Verdict {
        let clock = ContinuousClock()
        let start = clock.now
        let deadline = start + .seconds(record.settings.drainingSeconds)
        let endpoints = replicas.compactMap(\.endpoint)
        while true {
            if let successor = order.successor, try await hasDied(successor, job) {
                return try await serveAgain(record, replicas, instead: successor, job) ? .neededAgain : .idle
            }
            let isSettled = order.successor == nil || clock.now - start >= settlingTime
            let busy = (try? await context.router.inFlight(to: endpoints)) ?? 1
            if isSettled && (busy == 0 || clock.now >= deadline) { return .idle }
            try await clock.sleep(for: .milliseconds(200))
        }
    }

    /// Whether no replica of a version runs, though it is the active one.
    private func hasDied(_ id: Deployment.ID, _ job: Job) async throws -> Bool {
        let record = try await context.store.find(id, try context.access(to: job.workspace))
        guard record.isActive else { return false }
        let statuses = try await context.orchestrator.list(.deployment(id))
        return !statuses.isEmpty && statuses.allSatisfy { !$0.state.isRunning && $0.state != .created }
    }

    /// True when the old version could take over again.
    private func serveAgain(
        _ old: DeploymentRecord, _ replicas: [ReplicaRecord], instead successor: Deployment.ID, _ job: Job
    ) async throws -> Bool {
        guard !replicas.isEmpty else { return false }
        let problem = Problem(
            code: "REPLICA_CRASHED", message: "it became healthy and died right after it took over; deployment \(old.id) serves again",
            hint: "its last lines are in `yard logs`")
        try await context.write(job) { unit in
            guard try await context.store.setStatus(successor, to: .crashed, from: [.success], problem: problem, in: unit) else { return }
            try await context.store.deactivate(successor, in: unit)
            guard try await context.store.setStatus(old.id, to: .success, from: [.removing], in: unit) else { return }
            _ = try await context.store.activate(old, in: unit)
            try await context.store.setServing(old.id, replicas.map(\.index), of: old.instance, in: unit)
            try await unit.enqueue(DeploymentJobs.drain(successor, successor: nil, replicas: Array(0..<1_000)))
        }
        try await context.routes.push(old.instance, in: job.workspace)
        return try await context.store.find(old.id, try context.access(to: job.workspace)).isActive
    }
}
