import Kernel
import Logging
import Orchestrator
import PostgresClient
import Resources

/// The switch from what serves to a wanted set of replicas, on one page. It is run for a new version, and for the active one
/// when it is scaled or restarted. Every step can run twice: after a crash it is simply run again from the top.
struct Rollout: Sendable {
    let context: DeployerContext
    let job: Job
    let record: DeploymentRecord
    let blueprint: ServiceBlueprint

    private var instance: ServiceInstance { record.instance }
    private var workspace: Workspace.ID { job.workspace }

    /// Ends with the wanted replicas serving, or with those that served before and an error that says why.
    func run() async throws {
        let wanted = try record.wantedReplicas.map {
            try context.factory.workload(record, replica: $0, blueprint: blueprint, workspace: workspace)
        }
        let before = try await servingReplicas()
        let alone =
            !blueprint.volumes.isEmpty && before.contains { $0.deployment != record.id || !record.wantedReplicas.contains($0.index) }
        do {
            try await prepare()
            if alone { try await holdAndStop(before) }
            try await phase("start") { try await start(wanted) }
            try await phase("health") { try await waitUntilHealthy(wanted) }
            try await phase("switch") { try await switchTraffic() }
            try await phase("verify") { try await verify() }
        } catch is CancellationError {
            throw CancellationError()  // this process stops: the next one goes on
        } catch let error as SwitchyardError where error.code == "LEASE_LOST" {
            throw error
        } catch {
            try await goBack(to: before, restart: alone)
            throw error
        }
    }

    // MARK: Steps

    private func prepare() async throws {
        try await context.orchestrator.ensureNetwork(for: instance.environment)
        for volume in blueprint.volumes {
            try await context.orchestrator.ensureVolume(WorkloadFactory.volumeName(volume.id))
        }
    }

    /// Two versions can't have one volume at once: requests wait at the edge while the old one stops.
    private func holdAndStop(_ replicas: [ReplicaRecord]) async throws {
        try await write { unit in try await context.store.setHeld(true, instance, in: unit) }
        try await context.routes.push(instance, in: workspace)
        for replica in replicas {
            try await context.orchestrator.stop(replica.workloadID, grace: .seconds(10))
        }
    }

    private func start(_ wanted: [Workload]) async throws {
        try await withThrowingTaskGroup { group in
            for workload in wanted {
                group.addTask {
                    try await save(context.orchestrator.apply(workload), of: workload, state: .starting)
                }
            }
            try await group.waitForAll()
        }
    }

    private func waitUntilHealthy(_ wanted: [Workload]) async throws {
        let readiness = Readiness(
            context: context, requirement: record.settings.healthRequirement, timeout: .seconds(record.settings.healthcheckTimeout))
        try await withThrowingTaskGroup { group in
            for workload in wanted {
                group.addTask {
                    let status = try await readiness.wait(for: workload, maximumRestarts: record.restartsAtStart)
                    try await save(status, of: workload, state: .healthy)
                }
            }
            group.addTask { try await failWhenCancelled() }
            for _ in wanted { try await group.next() }
            group.cancelAll()
        }
    }

    private func switchTraffic() async throws {
        try await write { unit in
            try await context.store.setServing(record.id, Array(record.wantedReplicas), of: instance, in: unit)
            try await context.store.setHeld(false, instance, in: unit)
        }
        try await context.routes.push(instance, in: workspace)
    }

    /// Success is said only when the new version answers through the edge.
    private func verify() async throws {
        guard let host = blueprint.domains.first?.host else { return }
        var answered: Deployment.ID?
        for attempt in 1...20 {
            answered = try? await context.router.deploymentAnswering(host: host, path: record.settings.healthcheckPath ?? "/")
            if answered == record.id { return }
            try await Task.sleep(for: .milliseconds(25 * attempt))
        }
        throw SwitchyardError(
            .unavailable, code: "VERIFY_FAILED",
            "the new version is healthy, but \(host) was answered by \(answered.map { "deployment \($0)" } ?? "none")",
            hint: "see `switchyard doctor`, and deploy again")
    }

    /// What served before serves again; what was started for nothing is removed.
    private func goBack(to before: [ReplicaRecord], restart: Bool) async throws {
        let started = record.wantedReplicas.filter { index in !before.contains { $0.deployment == record.id && $0.index == index } }
        if restart {
            for index in started { try await context.removeReplica(record.workloadID(index), in: workspace, job: job) }
            for replica in before { try await context.orchestrator.start(replica.workloadID) }
        }
        try await write { unit in
            if let old = before.first {
                try await context.store.setServing(old.deployment, before.map(\.index), of: instance, in: unit)
            } else {
                try await context.store.setServing(record.id, [], of: instance, in: unit)
            }
            try await context.store.setHeld(false, instance, in: unit)
        }
        for replica in before where restart {
            try await save(context.orchestrator.status(of: replica.workloadID), of: replica, state: .healthy)
        }
        try await context.routes.push(instance, in: workspace)
        for index in started { try await context.removeReplica(record.workloadID(index), in: workspace, job: job) }
    }

    // MARK: Rows

    private func servingReplicas() async throws -> [ReplicaRecord] {
        let access = try context.access(to: workspace)
        let rows = try await context.database.query(
            access,
            """
            select \(ReplicaRecord.columns) from replicas
            where environment_id = \(instance.environment.uuid) and service_id = \(instance.service.uuid) and serving order by index
            """)
        return try rows.map(ReplicaRecord.init)
    }

    private func save(_ status: WorkloadStatus, of workload: Workload, state: ReplicaState) async throws {
        let replica = ReplicaRecord(
            deployment: record.id, instance: instance, index: workload.id.replica, state: state, container: status.handle,
            logPath: status.logPath, address: status.address, port: workload.port)
        try await write { unit in try await context.store.save(replica, in: unit) }
        if let log = replica.log(in: workspace) { await context.logs.follow(log) }
    }

    private func save(_ status: WorkloadStatus, of known: ReplicaRecord, state: ReplicaState) async throws {
        var replica = known
        replica.state = state
        replica.address = status.address
        replica.logPath = status.logPath
        replica.container = status.handle
        try await write { [replica] unit in try await context.store.save(replica, in: unit) }
        if let log = replica.log(in: workspace) { await context.logs.follow(log) }
    }

    private func failWhenCancelled() async throws {
        for await _ in context.wakeups.signals(on: EventStore.channel, payload: workspace.description, atLeastEvery: .seconds(2)) {
            let now = try await context.store.find(record.id, try context.access(to: workspace))
            if now.status == .skipped || now.status == .removing {
                throw SwitchyardError(.conflict, code: "DEPLOYMENT_CANCELLED", "the deployment was cancelled")
            }
        }
    }

    private func write(_ body: @escaping @Sendable (UnitOfWork) async throws -> Void) async throws {
        try await context.write(job, body)
    }

    private func phase(_ name: String, _ body: () async throws -> Void) async throws {
        let time = try await ContinuousClock().measure { try await body() }
        guard !record.isActive else { return }  // a scaled or restarted version keeps the times of its deployment
        let milliseconds = Int(time.components.seconds * 1000 + time.components.attoseconds / 1_000_000_000_000_000)
        try await write { unit in try await context.store.addPhase(.init(name: name, milliseconds: milliseconds), to: record.id, in: unit) }
    }
}
