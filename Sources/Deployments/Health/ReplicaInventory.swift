import Kernel
import Logging
import Orchestrator
import Resources

/// Compares the rows of serving replicas with what really runs, once at the start: after a stop of everything, or of the machine,
/// a replica has another address, and its old one may be that of somebody else's. Nothing is routed before that is known.
struct ReplicaInventory: Sendable {
    let context: DeployerContext

    /// Tried again until it is done, or the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            do {
                return try await take()
            } catch {
                context.logger.warning("the replicas could not be looked at", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    private func take() async throws {
        let found = Dictionary(
            try await context.orchestrator.list(.all).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        for workspace in try await context.workspaces() {
            let access = try context.access(to: workspace)
            let records = try await context.store.active(access)
            for var replica in try await context.store.replicas(of: records.map(\.id), access) where replica.serving {
                let status = found[replica.workloadID]
                let address = status?.state.isRunning == true ? status?.address : nil
                guard replica.address != address else { continue }
                replica.address = address
                if replica.state == .healthy { replica.state = .starting }
                try await context.database.write(access) { [replica] unit in try await context.store.save(replica, in: unit) }
            }
        }
    }
}
