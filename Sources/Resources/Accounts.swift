public import FoundationEssentials

/// The tenant: a team or a person. All else belongs to exactly one.
public struct Workspace: Codable, Hashable, Sendable {
    public typealias ID = Identifier<Workspace>
    public var id: ID
    public var name: String
    public var createdAt: Date

    public init(id: ID, name: String, createdAt: Date) {
        self.id = id
        self.name = name
        self.createdAt = createdAt
    }
}

/// A person who can log in.
public struct User: Codable, Hashable, Sendable {
    public typealias ID = Identifier<User>
    public var id: ID
    public var name: String

    public init(id: ID, name: String) {
        self.id = id
        self.name = name
    }
}

/// Who a token speaks for, and where.
public struct Identity: Codable, Hashable, Sendable {
    public var user: User
    public var workspace: Workspace
    public var role: Role

    public init(user: User, workspace: Workspace, role: Role) {
        self.user = user
        self.workspace = workspace
        self.role = role
    }
}

/// What a member may do in a workspace; each includes the next.
public enum Role: String, Codable, CaseIterable, Hashable, Sendable {
    case owner = "OWNER"
    case admin = "ADMIN"
    case member = "MEMBER"
    case viewer = "VIEWER"
}
