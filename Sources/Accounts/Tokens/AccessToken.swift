public import FoundationEssentials
public import Resources

/// What may be told about a token after it was made: all but the token.
public struct AccessToken: Codable, Hashable, Sendable {
    public typealias ID = Identifier<AccessToken>
    public let id: ID
    public let name: String
    public let user: User.ID
    public let createdAt: Date
    public let lastUsedAt: Date?
    public let revokedAt: Date?
    public let expiresAt: Date?
}
