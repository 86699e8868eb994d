import Kernel
public import Resources

/// The order to wind down all that runs and is kept, after the deletion of a service or an environment. Whoever runs
/// deployments takes these jobs; doing one twice must be harmless.
public struct Teardown: Codable, Hashable, Sendable {
    /// The kind of the jobs that carry this. Their key is the service's instance, or the environment.
    public static let jobKind = "teardown"

    public let environment: Environment.ID
    /// Nil: the whole environment.
    public let service: Service.ID?
    /// What no request shall reach any more.
    public let hosts: [String]
    /// Those whose data goes.
    public let volumes: [Volume.ID]
}

/// The order to remove a deleted volume's data, once its service runs without it.
public struct VolumeRemoval: Codable, Hashable, Sendable {
    /// The kind of the jobs that carry this. Their key is the volume: they wait, and must not hold up the service's own.
    public static let jobKind = "remove-volume"

    public let environment: Environment.ID
    public let service: Service.ID
    public let volume: Volume.ID
}

extension UnitOfWork {
    func enqueue(_ order: Teardown) async throws {
        let key = order.service.map { Self.key(order.environment, $0) } ?? "environment/\(order.environment)"
        try await enqueue(NewJob(kind: Teardown.jobKind, key: key, payload: order))
    }

    func enqueue(_ order: VolumeRemoval) async throws {
        try await enqueue(NewJob(kind: VolumeRemoval.jobKind, key: "volume/\(order.volume)", payload: order))
    }

    /// What deployments call a service in an environment, in the keys of their own jobs.
    private static func key(_ environment: Environment.ID, _ service: Service.ID) -> String {
        "instance/\(environment)/\(service)"
    }
}
