public import Kernel
public import Resources

public struct ServiceCreated: EventPayload {
    public static let type = "service.created"
    public let service: Service.ID
    public let project: Project.ID
    public let name: String
}

public struct ServiceRenamed: EventPayload {
    public static let type = "service.renamed"
    public let service: Service.ID
    public let name: String
}

/// The service was deleted from all environments; what runs is wound down next.
public struct ServiceDeleted: EventPayload {
    public static let type = "service.deleted"
    public let service: Service.ID
    public let project: Project.ID
}

public struct ServiceSettingsChanged: EventPayload {
    public static let type = "service.settings_changed"
    public let service: Service.ID
    public let environment: Environment.ID
    /// What was asked for: only what is to change.
    public let changes: UpdateSettings
}
