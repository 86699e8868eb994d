public import Resources

/// Who asks: a person through a token, or a role of the platform.
public struct Caller: Hashable, Sendable {
    /// For the event log: `user/<id>` or `system/<role>`.
    public let name: String
    private let grants: Grants

    private enum Grants: Hashable {
        case roles([Workspace.ID: Role])
        case platform
    }

    /// A person, with the role in each workspace.
    public init(user: User.ID, roles: [Workspace.ID: Role]) {
        name = "user/\(user)"
        grants = .roles(roles)
    }

    private init(platform role: String) {
        name = "system/\(role)"
        grants = .platform
    }

    /// A worker of the platform itself, which acts in any workspace: never made from a request.
    public static func system(_ role: String) -> Caller {
        Caller(platform: role)
    }

    /// Asks for a permission in a workspace: the only way to an ``Access``, and so the only way to data.
    ///
    /// - Throws: `WORKSPACE_NOT_FOUND` where the caller has no role, `PERMISSION_DENIED` where the role is too small.
    public func access(to workspace: Workspace.ID, _ permission: Permission) throws -> Access {
        switch grants {
        case .platform:
            break
        case .roles(let roles):
            guard let role = roles[workspace] else { throw SwitchyardError.notFound("workspace", workspace) }
            guard PermissionTable.permissions(of: role).contains(permission) else {
                throw SwitchyardError(
                    .forbidden, code: "PERMISSION_DENIED", "the role \(role.rawValue) does not have the permission \(permission.rawValue)",
                    hint: "ask an owner or admin of the workspace")
            }
        }
        return Access(workspace: workspace, permission: permission, caller: self)
    }
}

/// The proof that a caller was allowed to do one kind of thing in one workspace.
public struct Access: Hashable, Sendable {
    public let workspace: Workspace.ID
    public let permission: Permission
    public let caller: Caller

    fileprivate init(workspace: Workspace.ID, permission: Permission, caller: Caller) {
        self.workspace = workspace
        self.permission = permission
        self.caller = caller
    }

    /// The same caller and workspace with another permission, asked anew.
    public func with(_ permission: Permission) throws -> Access {
        try caller.access(to: workspace, permission)
    }
}
