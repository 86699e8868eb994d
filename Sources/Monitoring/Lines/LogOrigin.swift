public import Resources

/// Where a line comes from.
public struct LogOrigin: Hashable, Sendable {
    public var workspace: Workspace.ID
    public var environment: Environment.ID
    public var service: Service.ID
    public var deployment: Deployment.ID

    public init(workspace: Workspace.ID, environment: Environment.ID, service: Service.ID, deployment: Deployment.ID) {
        self.workspace = workspace
        self.environment = environment
        self.service = service
        self.deployment = deployment
    }
}
