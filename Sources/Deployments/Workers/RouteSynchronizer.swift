import Kernel
import Logging
import Resources

/// Gives the edge its whole table at the start and every minute, so that whatever got lost between the two is mended.
struct RouteSynchronizer: Sendable {
    let context: DeployerContext

    func run() async {
        while !Task.isCancelled {
            do {
                try await context.routes.synchronize(instances())
                try await Task.sleep(for: .seconds(60))
            } catch {
                if Task.isCancelled { return }
                context.logger.warning("the edge has not got its table", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    private func instances() async throws -> [(ServiceInstance, Workspace.ID)] {
        var instances: [(ServiceInstance, Workspace.ID)] = []
        for workspace in try await context.workspaces() {
            let access = try context.access(to: workspace)
            instances += try await context.catalog.instancesWithDomains(in: access.workspace).map { ($0, workspace) }
        }
        return instances
    }
}
