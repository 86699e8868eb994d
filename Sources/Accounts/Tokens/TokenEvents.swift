public import Kernel
public import Resources

/// A token was made; the event never holds it.
public struct TokenIssued: EventPayload {
    public static let type = "token.issued"
    public let token: AccessToken.ID
    public let user: User.ID
    public let name: String
}

public struct TokenRevoked: EventPayload {
    public static let type = "token.revoked"
    public let token: AccessToken.ID
}
