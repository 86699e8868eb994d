import ContainerEngine
import FoundationEssentials
public import Orchestrator

extension EngineOrchestrator {
    public func status(of id: WorkloadID) async throws -> WorkloadStatus {
        try await translatingErrors(about: id) {
            guard let container = try await details(names.container(id)) else { return WorkloadStatus(id: id, state: .missing) }
            return status(of: id, from: container)
        }
    }

    public func list(_ scope: WorkloadScope) async throws -> [WorkloadStatus] {
        try await translatingErrors {
            let found = try await client.containers(.labels(names.labels(scope)))
            var remaining = found.compactMap { summary in
                names.workload(summary.labels ?? [:]).map { (id: $0, container: summary.id) }
            }[...]
            // The engine's list says neither exit codes nor addresses, so each is asked for; some at a time.
            return try await withThrowingTaskGroup(of: WorkloadStatus?.self) { group in
                func addNext() {
                    guard let next = remaining.popFirst() else { return }
                    group.addTask {
                        try await details(next.container).map { status(of: next.id, from: $0) }
                    }
                }
                for _ in 0..<4 { addNext() }
                var statuses: [WorkloadStatus] = []
                for try await status in group {
                    if let status { statuses.append(status) }
                    addNext()
                }
                return statuses
            }
        }
    }

    func status(of id: WorkloadID, from container: ContainerDetails) -> WorkloadStatus {
        let startedAt = EngineTime.date(container.state.startedAt)
        let state = state(of: container, startedAt: startedAt)
        let endpoint =
            container.networkSettings.networks?[names.network(id.environment)] ?? container.networkSettings.networks?.values.first
        return WorkloadStatus(
            id: id, state: state, handle: container.id,
            // Podman tells the address of one that just ended until it has cleaned up.
            address: state.isRunning ? [endpoint?.address, endpoint?.addressV6].firstText : nil, startedAt: startedAt,
            exitMessage: exitMessage(state, container.state.error), logPath: [container.logPath].firstText,
            processID: container.state.processID > 0 ? container.state.processID : nil, imageID: container.image)
    }

    private func state(of container: ContainerDetails, startedAt: Date?) -> WorkloadState {
        switch container.state.status {
        case "created", "initialized", "configured": .created
        case "running", "paused", "restarting": .running
        case "stopping": .stopping
        case "removing": .missing
        default:
            .exited(
                code: InitProgram.foundNoProgram(container.state, logPath: container.logPath) ? 127 : container.state.exitCode,
                outOfMemory: container.state.wasKilledForMemory
                    || container.state.exitCode == 137 && KernelLog.tellsOutOfMemory(container: container.id, since: startedAt))
        }
    }

    private func exitMessage(_ state: WorkloadState, _ engineError: String) -> String? {
        guard case .exited(let code, let outOfMemory) = state else { return nil }
        if outOfMemory { return "killed by the kernel: it needed more memory than its limit" }
        if !engineError.isEmpty { return engineError }
        switch code {
        case 0: return "ended by itself"
        case 126: return "ended with exit code 126: its program can't be run"
        case 127: return "ended with exit code 127: a program wasn't found"
        case 129...192: return "ended by signal \(code - 128)"
        default: return "ended with exit code \(code)"
        }
    }
}

extension [String?] {
    /// The first that is neither nil nor empty.
    fileprivate var firstText: String? {
        compactMap { $0 }.first { !$0.isEmpty }
    }
}
