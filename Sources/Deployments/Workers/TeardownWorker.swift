import Kernel
import Logging
import Orchestrator
import PostgresClient
public import Resources

/// Removes all that runs and is kept for a deleted service, or for all services of a deleted environment: containers, rows'
/// states, volumes, and with the last service the network.
struct TeardownWorker: Sendable {
    let context: DeployerContext

    func handle(_ job: Job) async throws -> JobOutcome {
        let order = try job.payload(as: TeardownOrder.self)
        let access = try context.access(to: job.workspace)
        let scope: WorkloadScope = order.service.map { .service($0, in: order.environment) } ?? .environment(order.environment)
        try await settleRows(order, job)
        try await context.routes.remove(hosts: order.hosts)
        for workload in try await context.orchestrator.list(scope) {
            try await context.removeReplica(workload.id, in: job.workspace, job: job)
        }
        for volume in order.volumes {
            try await context.orchestrator.removeVolume(WorkloadFactory.volumeName(volume))
        }
        if order.service == nil {
            try await context.orchestrator.removeNetwork(for: order.environment)
        }
        _ = try await context.database.query(
            access,
            """
            delete from replicas where environment_id = \(order.environment.uuid)
              and (\(order.service?.uuid)::uuid is null or service_id = \(order.service?.uuid)::uuid)
            """)
        return .done
    }

    private func settleRows(_ order: TeardownOrder, _ job: Job) async throws {
        try await context.write(job) { unit in
            let rows = try await unit.query(
                """
                select id, status from deployments where environment_id = \(order.environment.uuid)
                  and (\(order.service?.uuid)::uuid is null or service_id = \(order.service?.uuid)::uuid)
                  and (is_active or status in ('QUEUED', 'BUILDING', 'DEPLOYING', 'REMOVING', 'SUCCESS', 'CRASHED')) for update
                """)
            for row in rows {
                let id = Deployment.ID(uuid: try row.get("id"))
                try await context.store.setStatus(id, to: .removed, from: [.removing, .success, .crashed], in: unit)
                try await context.store.setStatus(id, to: .skipped, from: [.queued, .building, .deploying], in: unit)
                try await context.store.deactivate(id, in: unit)
            }
        }
    }
}

/// What a teardown job carries. Whoever deletes a service or an environment enqueues it, in the same transaction.
public struct TeardownOrder: Codable, Sendable {
    public var environment: Environment.ID
    /// Nil: the whole environment.
    public var service: Service.ID?
    public var hosts: [String]
    public var volumes: [Volume.ID]
}

/// Removes the data of a deleted volume, once its service runs without it.
struct VolumeRemovalWorker: Sendable {
    let context: DeployerContext

    func handle(_ job: Job) async throws -> JobOutcome {
        let order = try job.payload(as: VolumeRemovalOrder.self)
        do {
            try await context.orchestrator.removeVolume(WorkloadFactory.volumeName(order.volume))
            return .done
        } catch let error as OrchestratorError where error.code == .inUse {
            return .retry(after: .seconds(5), problem: error.message)
        }
    }
}

/// What a `remove-volume` job carries.
public struct VolumeRemovalOrder: Codable, Sendable {
    public var volume: Volume.ID
}
