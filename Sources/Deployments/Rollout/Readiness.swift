import Kernel
import NIOCore
import Orchestrator
import Resources

/// Waits until a replica that was started is ready, or says why it never will be.
struct Readiness: Sendable {
    let context: DeployerContext
    let requirement: HealthRequirement
    let timeout: Duration

    /// Returns its status once it is healthy twice in a row.
    ///
    /// - Throws: `REPLICA_CRASHED`, `REPLICA_OUT_OF_MEMORY`, `HEALTHCHECK_TIMEOUT`.
    func wait(for workload: Workload, maximumRestarts: Int) async throws -> WorkloadStatus {
        let clock = ContinuousClock()
        let deadline = clock.now + timeout
        var restarts = 0
        var successes = 0
        var problem = "it did not answer yet"
        var status = try await context.orchestrator.status(of: workload.id)
        var statusAt = clock.now
        var startedAt = clock.now
        while clock.now < deadline {
            try Task.checkCancellation()
            if clock.now - statusAt > .milliseconds(250) || !status.state.isRunning {
                status = try await context.orchestrator.status(of: workload.id)
                statusAt = clock.now
            }
            if case .exited(let code, let outOfMemory) = status.state {
                guard restarts < maximumRestarts, !outOfMemory else { throw Self.crash(code, outOfMemory, workload, after: restarts) }
                try await clock.sleep(for: .milliseconds(250 << restarts))
                restarts += 1
                successes = 0
                startedAt = clock.now
                try await context.orchestrator.start(workload.id)
                continue
            }
            if let address = status.address {
                switch await check(address, workload, runningFor: clock.now - startedAt) {
                case .healthy:
                    successes += 1
                    if successes >= 2 { return status }
                case .unhealthy(let reason):
                    successes = 0
                    problem = reason
                }
            }
            try await clock.sleep(for: Self.pause(sinceStart: timeout - (deadline - clock.now)))
        }
        throw await timedOut(workload, problem)
    }

    /// A worker without a port is ready when it has run for a second.
    private func check(_ address: String, _ workload: Workload, runningFor time: Duration) async -> HealthProbe.Result {
        switch requirement {
        case .running: time >= .seconds(1) ? .healthy : .unhealthy("it has only just started")
        case .port: await context.probe.check(.init(address: address, port: workload.port), path: nil)
        case .path(let path):
            await whileRunning(workload) { await context.probe.check(.init(address: address, port: workload.port), path: path) }
        }
    }

    /// A replica that ends while it is asked never answers: that is noticed at once, and not when the question times out.
    private func whileRunning(
        _ workload: Workload, _ check: @escaping @Sendable () async -> HealthProbe.Result
    ) async -> HealthProbe.Result {
        await withTaskGroup { group in
            group.addTask { await check() }
            group.addTask {
                while !Task.isCancelled {
                    try? await Task.sleep(for: .milliseconds(300))
                    guard let status = try? await context.orchestrator.status(of: workload.id), !status.state.isRunning else { continue }
                    return .unhealthy("it ended")
                }
                return .unhealthy("it was not asked to the end")
            }
            defer { group.cancelAll() }
            return await group.next() ?? .unhealthy("it did not answer")
        }
    }

    /// Often at first, when most applications become ready; seldom later.
    private static func pause(sinceStart elapsed: Duration) -> Duration {
        if elapsed < .seconds(2) { return .milliseconds(15) }
        if elapsed < .seconds(10) { return .milliseconds(100) }
        return .milliseconds(500)
    }

    private static func crash(_ code: Int, _ outOfMemory: Bool, _ workload: Workload, after restarts: Int) -> SwitchyardError {
        if outOfMemory {
            return SwitchyardError(
                .invalid, code: "REPLICA_OUT_OF_MEMORY",
                "replica \(workload.id.replica) was killed: it needed more than \(workload.limits.memory / 1_048_576) MiB of memory",
                hint: "raise the limit with `yard scale --memory`, or make it need less")
        }
        let signal = code > 128 ? " (signal \(code - 128))" : ""
        let tries = restarts == 0 ? "" : ", also after \(restarts) more tries"
        return SwitchyardError(
            .invalid, code: "REPLICA_CRASHED",
            "replica \(workload.id.replica) ended with exit code \(code)\(signal) before it was ready\(tries)",
            hint: "its last lines are in `yard logs`")
    }

    /// Says on which port the application listens instead, which is the usual mistake.
    private func timedOut(_ workload: Workload, _ problem: String) async -> SwitchyardError {
        let ports = (try? await context.orchestrator.listeningPorts(of: workload.id)) ?? []
        let others = ports.filter { $0 != workload.port }.map(String.init).joined(separator: ", ")
        let seconds = timeout.components.seconds
        if !ports.contains(workload.port), !others.isEmpty {
            return SwitchyardError(
                .invalid, code: "HEALTHCHECK_WRONG_PORT",
                "the application listens on port \(others), not on \(workload.port) (PORT), after \(seconds) s",
                hint: "let it listen on $PORT, or set the variable PORT to \(ports[0])")
        }
        return SwitchyardError(
            .timeout, code: "HEALTHCHECK_TIMEOUT", "replica \(workload.id.replica) was not healthy within \(seconds) s: \(problem)",
            hint: "let it listen on 0.0.0.0:$PORT\(requirement.hint), or raise the time-out; its lines are in `yard logs`")
    }
}
