public import Resources

/// All that a deployment needs to know of a service in an environment, but its variables.
public struct DescribedService: Hashable, Sendable {
    public let environment: Environment
    public let projectName: String
    public let service: Service
    public let settings: ServiceSettings
    public let domains: [Domain]
    public let volumes: [Volume]
}
