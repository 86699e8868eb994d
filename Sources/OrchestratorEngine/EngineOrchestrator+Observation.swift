import ContainerEngine
import FoundationEssentials
public import Orchestrator

extension EngineOrchestrator {
    public func statistics(of id: WorkloadID) async throws -> WorkloadStatistics {
        try await translatingErrors(about: id) {
            guard try await processID(of: id) != nil else {
                throw OrchestratorError(.notRunning, "replica \(id.replica) of deployment \(id.deployment) isn't running")
            }
            let sample = try await client.statistics(names.container(id))
            let networks = sample.networks.map { Array($0.values) } ?? []
            return WorkloadStatistics(
                time: Date(), cpuNanoseconds: sample.processors.usage.total, memory: sample.memory.used,
                memoryLimit: sample.memory.limit ?? 0, processes: sample.processes?.current ?? 0,
                networkReceived: networks.reduce(0) { $0 + $1.received }, networkSent: networks.reduce(0) { $0 + $1.sent })
        }
    }

    public func listeningPorts(of id: WorkloadID) async throws -> [Int] {
        try await sockets(of: id).reachable
    }

    public func loopbackPorts(of id: WorkloadID) async throws -> [Int] {
        try await sockets(of: id).loopbackOnly
    }

    private func sockets(of id: WorkloadID) async throws -> ListeningSockets {
        try await translatingErrors(about: id) {
            try await processID(of: id).map { ListeningSockets(ofProcess: $0) } ?? ListeningSockets(tables: [])
        }
    }

    /// Nil when it doesn't run.
    private func processID(of id: WorkloadID) async throws -> Int? {
        let state = try await details(names.container(id))?.state
        return state.flatMap { $0.isRunning && $0.processID > 0 ? $0.processID : nil }
    }
}
