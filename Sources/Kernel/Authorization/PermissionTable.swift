public import Resources

/// The one table that says which role may do what. What is not in it is refused.
public enum PermissionTable {
    private static let viewer: Set<Permission> = [.workspaceRead, .projectRead, .deploymentRead, .logRead, .eventRead]

    private static let member: Set<Permission> = viewer.union([
        .projectWrite, .variableRead, .variableWrite, .deploymentWrite, .volumeWrite, .domainWrite, .terminalOpen,
    ])

    private static let admin: Set<Permission> = member.union([.projectDelete, .volumeDelete, .workspaceWrite])

    /// The permissions of a role in a workspace.
    public static func permissions(of role: Role) -> Set<Permission> {
        switch role {
        case .viewer: viewer
        case .member: member
        case .admin, .owner: admin
        }
    }
}
