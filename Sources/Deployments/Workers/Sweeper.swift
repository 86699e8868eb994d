import FoundationEssentials
import Kernel
import Logging
import Orchestrator
import PostgresClient
import Resources

/// Removes containers that no row knows: what a crash between two steps may have left. Normally there are none.
struct Sweeper: Sendable {
    let context: DeployerContext

    func run() async {
        while !Task.isCancelled {
            do {
                try await sweep()
            } catch {
                context.logger.warning("leftovers were not looked for", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: .seconds(300))
        }
    }

    /// A container is removed when its deployment has no row, or ended: FAILED, SKIPPED, REMOVED.
    func sweep() async throws {
        let workloads = try await context.orchestrator.list(.all)
        guard !workloads.isEmpty else { return }
        var alive: Set<Deployment.ID> = []
        for workspace in try await context.workspaces() {
            let rows = try await context.database.query(
                try context.access(to: workspace),
                "select id from deployments where id = any(\(workloads.map(\.id.deployment.uuid))) and status not in ('FAILED', 'SKIPPED', 'REMOVED')"
            )
            for row in rows { alive.insert(.init(uuid: try row.get("id"))) }
        }
        for workload in workloads where !alive.contains(workload.id.deployment) {
            context.logger.notice("a leftover container is removed", metadata: ["deployment": "\(workload.id.deployment)"])
            try await context.orchestrator.remove(workload.id)
        }
    }
}
