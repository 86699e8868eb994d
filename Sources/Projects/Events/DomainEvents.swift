public import Kernel
public import Resources

public struct DomainAdded: EventPayload {
    public static let type = "domain.added"
    public let domain: Domain.ID
    public let service: Service.ID
    public let environment: Environment.ID
    public let host: String
}

public struct DomainRemoved: EventPayload {
    public static let type = "domain.removed"
    public let domain: Domain.ID
    public let service: Service.ID
    public let environment: Environment.ID
    public let host: String
}

/// The host name's requests go to another port of the container.
public struct DomainRetargeted: EventPayload {
    public static let type = "domain.retargeted"
    public let domain: Domain.ID
    public let service: Service.ID
    public let environment: Environment.ID
    public let targetPort: Int
}
