import Kernel
import Logging
import NIOCore
import Orchestrator
import PostgresClient
import Resources

/// Keeps active versions running: checks every serving replica all the time, takes an unhealthy one out of the edge and
/// brings it back, starts crashed ones again. One process of the installation does it at a time.
actor ReplicaKeeper {
    private struct Kept {
        var record: DeploymentRecord
        var replica: ReplicaRecord
        let workspace: Workspace.ID
        var watch: ReplicaWatch
        var checkedAt: ContinuousClock.Instant?
        var hasDied = true  // until its state was looked at: it may have ended while nobody watched
        /// It served before this process kept it.
        var isInherited: Bool
    }

    private let context: DeployerContext
    private let interval: Duration
    private var kept: [WorkloadID: Kept] = [:]
    private var hasInherited = false

    /// - Parameter interval: Between two checks of a replica.
    init(context: DeployerContext, interval: Duration = .seconds(2)) {
        self.context = context
        self.interval = interval
    }

    /// Keeps until cancelled. The lock belongs to the session: when this process dies, the next one has it at once.
    func run() async {
        while !Task.isCancelled {
            do {
                try await context.database.client.withSession { session in
                    let lock = try await session.query("select pg_try_advisory_lock(7310415263143) as held")
                    guard try lock.first?.get("held", as: Bool.self) == true else { return }
                    try await self.keep(while: session)
                }
            } catch {
                context.logger.warning("health is not checked for the moment", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: .seconds(1))
        }
    }

    private func keep(while session: Transaction) async throws {
        kept = [:]
        hasInherited = false
        try await withThrowingTaskGroup { group in
            group.addTask { try await self.followRows() }
            group.addTask { await self.followEvents() }
            group.addTask { try await self.tick(session) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    // MARK: What to keep

    private func followRows() async throws {
        for await _ in context.wakeups.signals(on: EventStore.channel, atLeastEvery: .seconds(30)) {
            try await refresh()
        }
    }

    private func refresh() async throws {
        var found: Set<WorkloadID> = []
        for workspace in try await context.workspaces() {
            let access = try context.access(to: workspace)
            let records = try await context.store.active(access)
            let replicas = try await context.store.replicas(of: records.map(\.id), access)
            for replica in replicas where replica.serving {
                guard let record = records.first(where: { $0.id == replica.deployment }) else { continue }
                found.insert(replica.workloadID)
                if kept[replica.workloadID] == nil {
                    kept[replica.workloadID] = Kept(
                        record: record, replica: replica, workspace: workspace,
                        watch: ReplicaWatch(state: replica.state, restarts: replica.restarts, now: .now), isInherited: !hasInherited)
                    if let log = replica.log(in: workspace) { await context.logs.follow(log) }
                }
            }
        }
        kept = kept.filter { found.contains($0.key) }
        hasInherited = true
    }

    private func followEvents() async {
        for await event in context.orchestrator.events() {
            switch event {
            case .died(let id, _, _), .removed(let id, _):
                kept[id]?.hasDied = true
                kept[id]?.checkedAt = nil
            case .resumed:
                for id in kept.keys { kept[id]?.hasDied = true }
            case .started, .outOfMemory:
                break
            }
        }
    }

    // MARK: Checking

    private func tick(_ session: Transaction) async throws {
        let clock = ContinuousClock()
        var lockSeenAt = clock.now
        while true {
            try await clock.sleep(for: .milliseconds(200))
            if clock.now - lockSeenAt > .seconds(5) {
                try await session.query("select 1")  // fails when the session, and with it the lock, is gone
                lockSeenAt = clock.now
            }
            let due = kept.filter { _, one in one.checkedAt.map { clock.now - $0 >= interval } ?? true || one.watch.state == .restarting }
                .keys
            await withTaskGroup { group in
                for id in due { group.addTask { await self.check(id) } }
            }
        }
    }

    private func check(_ id: WorkloadID) async {
        guard var one = kept[id] else { return }
        kept[id]?.checkedAt = .now
        kept[id]?.hasDied = false
        do {
            var action = one.watch.due(at: .now)
            if action == .none {
                action = try await observe(id, &one)
            }
            guard kept[id] != nil else { return }
            kept[id]?.watch = one.watch
            try await perform(action, on: id)
        } catch {
            kept[id]?.hasDied = true
            context.logger.warning("a replica could not be checked", metadata: ["deployment": "\(id.deployment)", "error": "\(error)"])
        }
    }

    private func observe(_ id: WorkloadID, _ one: inout Kept) async throws -> ReplicaWatch.Action {
        if one.hasDied {
            let status = try await context.orchestrator.status(of: id)
            kept[id]?.isInherited = false
            // It ended while nobody kept it, with the machine or the platform: that is no crash.
            if one.isInherited, !status.state.isRunning, ![.crashed, .exited].contains(one.watch.state) {
                return one.watch.startedAgain(at: .now)
            }
            switch status.state {
            case .exited(let code, let outOfMemory):
                guard try await !isSettling(one) else { return keepLooking(id) }
                return one.watch.exited(code: code, outOfMemory: outOfMemory, settings: one.record.settings, at: .now)
            case .missing, .created:
                guard try await !isSettling(one) else { return keepLooking(id) }
                return one.watch.exited(code: 137, outOfMemory: false, settings: one.record.settings, at: .now)
            case .running, .stopping:
                break
            }
        }
        guard let endpoint = one.replica.endpoint, ![.crashed, .exited].contains(one.watch.state) else { return .none }
        let result: HealthProbe.Result
        switch one.record.settings.healthRequirement {
        case .running: result = .healthy
        case .port: result = await context.probe.check(endpoint, path: nil, timeout: .seconds(3))
        case .path(let path): result = await context.probe.check(endpoint, path: path, timeout: .seconds(5))
        }
        switch result {
        case .healthy:
            return one.watch.succeeded(at: .now)
        case .unhealthy(let reason):
            kept[id]?.hasDied = true
            return one.watch.failed(reason)
        }
    }

    private func keepLooking(_ id: WorkloadID) -> ReplicaWatch.Action {
        kept[id]?.hasDied = true
        return .none
    }

    /// While the version before is still there, a crash right after the switch is the drain's to mend: it goes back.
    private func isSettling(_ one: Kept) async throws -> Bool {
        let others = try await context.store.unsettled(one.record.instance, try context.access(to: one.workspace))
        return others.contains { $0.status == .removing && $0.id != one.record.id }
    }

    private func perform(_ action: ReplicaWatch.Action, on id: WorkloadID) async throws {
        switch action {
        case .none:
            break
        case .become(let state, let message):
            try await save(id, state, message)
            if state == .crashed { try await crashIfAllDid(id) }
        case .restart:
            try await startAgain(id)
        }
    }

    private func startAgain(_ id: WorkloadID) async throws {
        guard let one = kept[id], let blueprint = try await context.catalog.blueprint(of: one.record.instance, in: one.workspace) else {
            return
        }
        var status = try await context.orchestrator.apply(
            context.factory.workload(one.record, replica: id.replica, blueprint: blueprint, workspace: one.workspace))
        if !status.state.isRunning {
            try await context.orchestrator.start(id)
            status = try await context.orchestrator.status(of: id)
        }
        kept[id]?.replica.address = status.address
        kept[id]?.replica.container = status.handle
        kept[id]?.replica.logPath = status.logPath
        try await save(id, .starting, nil)
        if let log = kept[id]?.replica.log(in: one.workspace) { await context.logs.follow(log) }
    }

    // MARK: Saying so

    private func save(_ id: WorkloadID, _ state: ReplicaState, _ message: String?) async throws {
        guard let one = kept[id] else { return }
        var replica = one.replica
        replica.state = state
        replica.message = message
        replica.restarts = one.watch.restarts
        kept[id]?.replica = replica
        try await context.database.write(try context.access(to: one.workspace)) { [replica, context] unit in
            try await context.store.save(replica, in: unit)
            try await unit.append(
                ReplicaStateChanged(
                    service: replica.instance.service, environment: replica.instance.environment, replica: replica.index, state: state,
                    message: message),
                to: one.record.name)
        }
        try await context.routes.push(replica.instance, in: one.workspace)
    }

    private func crashIfAllDid(_ id: WorkloadID) async throws {
        guard let one = kept[id] else { return }
        let siblings = kept.values.filter { $0.record.id == id.deployment }
        guard siblings.allSatisfy({ $0.watch.state == .crashed }) else { return }
        let problem = Problem(
            code: "REPLICA_CRASHED", message: one.replica.message ?? "all replicas crashed",
            hint: "see `yard logs`, mend it and deploy again, or `yard restart`")
        _ = try await context.database.write(try context.access(to: one.workspace)) { [context] unit in
            try await context.store.setStatus(id.deployment, to: .crashed, from: [.success], problem: problem, in: unit)
        }
    }
}
