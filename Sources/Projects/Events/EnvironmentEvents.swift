public import Kernel
public import Resources

public struct EnvironmentCreated: EventPayload {
    public static let type = "environment.created"
    public let environment: Environment.ID
    public let project: Project.ID
    public let name: String
}

/// The environment was deleted; what runs in it is wound down next.
public struct EnvironmentDeleted: EventPayload {
    public static let type = "environment.deleted"
    public let environment: Environment.ID
    public let project: Project.ID
}
