public import Resources

/// A service in an environment: what has one active version at a time.
public struct ServiceInstance: Hashable, Sendable, CustomStringConvertible {
    public let environment: Environment.ID
    public let service: Service.ID

    public init(environment: Environment.ID, service: Service.ID) {
        self.environment = environment
        self.service = service
    }

    /// The key of all jobs that touch its replicas, so that no two of them ever run at once.
    public var description: String {
        "instance/\(environment)/\(service)"
    }
}
