public import Resources

/// A workspace's schema and the database role that sees only it; both have the same name.
public struct TenantSchema: Hashable, Sendable, CustomStringConvertible {
    public let name: String

    public init(_ workspace: Workspace.ID) {
        name = "tenant_" + workspace.description.replacing("-", with: "")
    }

    public var description: String { name }
}
