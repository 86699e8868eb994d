public import Kernel
public import Resources

public struct VolumeAdded: EventPayload {
    public static let type = "volume.added"
    public let volume: Volume.ID
    public let service: Service.ID
    public let environment: Environment.ID
    public let name: String
    public let mountPath: String
}

/// The volume was deleted; its data goes once nothing uses it any more.
public struct VolumeRemoved: EventPayload {
    public static let type = "volume.removed"
    public let volume: Volume.ID
    public let service: Service.ID
    public let environment: Environment.ID
}
