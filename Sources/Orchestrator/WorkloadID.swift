public import Resources

/// Which replica of which deployment: the identity under which a workload is found again after any crash.
public struct WorkloadID: Hashable, Sendable, CustomStringConvertible {
    public var environment: Environment.ID
    public var service: Service.ID
    public var deployment: Deployment.ID
    /// Counts from 0 within its deployment.
    public var replica: Int

    public init(environment: Environment.ID, service: Service.ID, deployment: Deployment.ID, replica: Int) {
        self.environment = environment
        self.service = service
        self.deployment = deployment
        self.replica = replica
    }

    /// The deployment and the replica, which are enough to be unique: `<deployment>-<replica>`.
    public var description: String {
        "\(deployment)-\(replica)"
    }
}

/// Whose workloads to list.
public enum WorkloadScope: Hashable, Sendable {
    case all
    case environment(Environment.ID)
    case service(Service.ID, in: Environment.ID)
    case deployment(Deployment.ID)
}
