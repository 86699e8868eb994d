public import Kernel
import PostgresClient
import Resources

extension AccountService {
    static let ownerTokenName = "owner"

    /// On an installation's first start: makes the owner, a workspace with its schema, and a token. Later, and for all but
    /// one of several who start at once: changes nothing.
    ///
    /// - Returns: The owner's token, which is shown nowhere else; nil when one was made before.
    public func setUp(userName: String = "owner", workspaceName: String = "default") async throws -> SecretText? {
        let owner = try await database.shared { transaction in
            try await transaction.query("select pg_advisory_xact_lock(7310415263145)")
            if let owner = try await Self.owner(transaction) { return owner }
            let workspace = Workspace.ID.new()
            let user = User.ID.new()
            try await transaction.query("insert into switchyard.users (id, name) values (\(user.uuid), \(userName))")
            try await transaction.query("insert into switchyard.workspaces (id, name) values (\(workspace.uuid), \(workspaceName))")
            try await transaction.query(
                "insert into switchyard.members (workspace_id, user_id, role) values (\(workspace.uuid), \(user.uuid), \(Role.owner.rawValue))"
            )
            return (workspace: workspace, user: user)
        }
        // Asked for on each start: so a process that ended between these steps is made good.
        try await migrator.createTenant(owner.workspace)
        let access = try Caller.system("setup").access(to: owner.workspace, .workspaceWrite)
        return try await database.write(access) { work in
            try await work.query("select pg_advisory_xact_lock(7310415263145)")
            let tokens = try await work.query("select 1 from switchyard.tokens where workspace_id = \(owner.workspace.uuid) limit 1")
            guard tokens.isEmpty else { return nil }
            return try await Self.issue(work, for: owner.user, name: Self.ownerTokenName).token
        }
    }

    /// Makes a new token for the owner and revokes the owner's earlier one: for the operator, who has lost it or fears that
    /// somebody else has it. Other tokens stay.
    ///
    /// - Throws: `INSTALLATION_EMPTY` before the first start.
    public func rotateOwnerToken() async throws -> SecretText {
        guard let owner = try await database.shared({ try await Self.owner($0) }) else {
            throw SwitchyardError(
                .conflict, code: "INSTALLATION_EMPTY", "this installation has no owner yet", hint: "start it once with `switchyard serve`")
        }
        let access = try Caller.system("operator").access(to: owner.workspace, .workspaceWrite)
        let token = try await database.write(access) { work in
            let earlier = try await work.query(
                """
                select id from switchyard.tokens
                where user_id = \(owner.user.uuid) and name = \(Self.ownerTokenName) and revoked_at is null for update
                """)
            for row in earlier { try await Self.revoke(work, .init(uuid: row.get("id"))) }
            return try await Self.issue(work, for: owner.user, name: Self.ownerTokenName).token
        }
        cache.clear()
        return token
    }

    /// The first owner of the first workspace.
    private static func owner(_ transaction: Transaction) async throws -> (workspace: Workspace.ID, user: User.ID)? {
        let rows = try await transaction.query(
            """
            select workspace_id, user_id from switchyard.members where role = \(Role.owner.rawValue)
            order by created_at, user_id limit 1
            """)
        guard let row = rows.first else { return nil }
        return (.init(uuid: try row.get("workspace_id")), .init(uuid: try row.get("user_id")))
    }
}
