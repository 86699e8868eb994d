import Kernel
import Logging
import PostgresClient
import Resources

/// Tells the edge what the rows say. Each push carries a revision that was drawn before the rows were read, so that of two
/// pushes that cross, the one that saw more wins.
struct RouteKeeper: Sendable {
    let database: Database
    let catalog: any ServiceCatalog
    let router: any TrafficRouter

    /// Makes the routes of one service what its rows say.
    func push(_ instance: ServiceInstance, in workspace: Workspace.ID) async throws {
        let revision = try await nextRevision()
        let routes = try await routes(of: instance, in: workspace)
        guard !routes.isEmpty else { return }
        try await Self.reached { try await router.apply(routes, revision: revision) }
    }

    /// Takes hosts away that no service has any more.
    func remove(hosts: [String]) async throws {
        let revision = try await nextRevision()
        try await Self.reached { try await router.remove(hosts: hosts, revision: revision) }
    }

    /// Makes the edge's whole table what the rows of all workspaces say.
    func synchronize(_ instances: [(ServiceInstance, Workspace.ID)]) async throws {
        let revision = try await nextRevision()
        var routes: [ServiceRoute] = []
        for (instance, workspace) in instances {
            routes += try await self.routes(of: instance, in: workspace)
        }
        try await Self.reached { try await router.replaceAll(routes, revision: revision) }
    }

    private func nextRevision() async throws -> Int64 {
        let rows = try await database.client.query("select nextval('switchyard.route_revisions') as revision")
        return try rows.first?.get("revision") ?? 0
    }

    private func routes(of instance: ServiceInstance, in workspace: Workspace.ID) async throws -> [ServiceRoute] {
        guard let blueprint = try await catalog.blueprint(of: instance, in: workspace), !blueprint.domains.isEmpty else { return [] }
        let access = try Caller.system("deployer").access(to: workspace, .deploymentRead)
        let rows = try await database.query(
            access,
            """
            select \(ReplicaRecord.columns), exists (
                select from held_instances held
                where held.environment_id = \(instance.environment.uuid) and held.service_id = \(instance.service.uuid)) as held
            from (select 1) as one left join replicas on environment_id = \(instance.environment.uuid)
                and service_id = \(instance.service.uuid) and serving and state in ('HEALTHY', 'STARTING')
            order by index
            """)
        let serving = try rows.filter { try $0.getOptional("state", as: String.self) != nil }.map(ReplicaRecord.init)
        let replicas = serving.filter { $0.state == .healthy }
        // One that is just starting again is waited for.
        let isHeld = try rows.first?.get("held", as: Bool.self) ?? false || replicas.isEmpty && !serving.isEmpty
        return blueprint.domains.map { domain in
            ServiceRoute(
                host: domain.host, service: instance.service, deployment: replicas.first?.deployment,
                endpoints: replicas.compactMap { replica in
                    replica.address.map { RouteEndpoint(address: $0, port: domain.targetPort ?? replica.port) }
                },
                isHeld: isHeld)
        }
    }

    private static func reached(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch {
            throw SwitchyardError(
                .unavailable, code: "EDGE_UNAVAILABLE", "the edge did not take the new routes",
                hint: "it is tried again by itself; see `switchyard doctor`",
                cause: error)
        }
    }
}
