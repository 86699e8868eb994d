import FoundationEssentials
import Kernel
import PostgresClient
import Resources

extension AccountService {
    /// Finds out whom a token speaks for. A token that was verified a moment ago costs a hash and a look into memory.
    ///
    /// - Throws: `TOKEN_INVALID`, the same for a token that is malformed, unknown, revoked or expired.
    public func authenticate(_ text: String) async throws -> Authenticated {
        guard let token = Token(text) else { throw Self.invalidToken }
        let hash = token.hash
        if let authenticated = cache.find(hash) { return authenticated }

        let epoch = cache.epoch
        // One statement looks the token up and notes its use, at most once a minute.
        let rows = try await database.client.query(
            """
            with found as (
                select t.id, t.expires_at, t.last_used_at, u.id as user_id, u.name as user_name, m.role,
                       w.id as workspace_id, w.name as workspace_name, w.created_at as workspace_created_at
                from switchyard.tokens t
                join switchyard.users u on u.id = t.user_id
                join switchyard.workspaces w on w.id = t.workspace_id
                join switchyard.members m on m.user_id = u.id and m.workspace_id = w.id
                where t.hash = \(hash) and t.revoked_at is null and (t.expires_at is null or t.expires_at > now())
            ), noted as (
                update switchyard.tokens set last_used_at = now() from found
                where tokens.id = found.id and (found.last_used_at is null or found.last_used_at < now() - interval '1 minute')
            )
            select * from found
            """)
        guard let row = rows.first, let role = Role(rawValue: try row.get("role")) else { throw Self.invalidToken }
        let user = User(id: .init(uuid: try row.get("user_id")), name: try row.get("user_name"))
        let workspace = Workspace(
            id: .init(uuid: try row.get("workspace_id")), name: try row.get("workspace_name"),
            createdAt: try row.get("workspace_created_at"))
        let authenticated = Authenticated(
            caller: Caller(user: user.id, roles: [workspace.id: role]),
            identity: Identity(user: user, workspace: workspace, role: role))
        cache.insert(authenticated, for: hash, expiresAt: try row.getOptional("expires_at", as: Date.self), epoch: epoch)
        return authenticated
    }

    private static let invalidToken = SwitchyardError(
        .unauthenticated, code: "TOKEN_INVALID", "the token is not valid, or not any more",
        hint: "run `yard login` with a current token; the operator makes one with `switchyard token new`")
}
