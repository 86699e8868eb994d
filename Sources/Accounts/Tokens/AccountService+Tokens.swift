public import FoundationEssentials
public import Kernel
import PostgresClient
public import Resources

extension AccountService {
    /// Makes a token for a member of the workspace. It is returned here, and never again.
    ///
    /// - Parameter expiresAt: Nil: it is valid until it is revoked.
    /// - Throws: `NAME_INVALID`, `MEMBER_NOT_FOUND`.
    public func issueToken(
        _ access: Access, for user: User.ID, name: String, expiresAt: Date? = nil
    ) async throws -> (id: AccessToken.ID, token: SecretText) {
        let access = try access.with(.workspaceWrite)
        try Self.validate(tokenName: name)
        return try await database.write(access) { work in
            let members = try await work.query(
                "select 1 from switchyard.members where user_id = \(user.uuid) and workspace_id = \(access.workspace.uuid)")
            guard !members.isEmpty else { throw SwitchyardError.notFound("member", user) }
            return try await Self.issue(work, for: user, name: name, expiresAt: expiresAt)
        }
    }

    /// Ends a token's validity, everywhere at once. Revoking it again changes nothing.
    ///
    /// - Throws: `TOKEN_NOT_FOUND`.
    public func revokeToken(_ access: Access, _ id: AccessToken.ID) async throws {
        try await database.write(access.with(.workspaceWrite)) { work in
            let rows = try await work.query("select revoked_at is null as is_valid from switchyard.tokens where id = \(id.uuid) for update")
            guard let row = rows.first else { throw SwitchyardError.notFound("token", id) }
            if try row.get("is_valid", as: Bool.self) { try await Self.revoke(work, id) }
        }
        cache.clear()
    }

    /// All tokens of the workspace, newest first, revoked ones too.
    public func tokens(_ access: Access) async throws -> [AccessToken] {
        let rows = try await database.query(
            access.with(.workspaceRead),
            """
            select id, name, user_id, created_at, last_used_at, revoked_at, expires_at from switchyard.tokens
            where workspace_id = \(access.workspace.uuid) order by created_at desc, id
            """)
        return try rows.map { row in
            AccessToken(
                id: .init(uuid: try row.get("id")), name: try row.get("name"), user: .init(uuid: try row.get("user_id")),
                createdAt: try row.get("created_at"), lastUsedAt: try row.getOptional("last_used_at"),
                revokedAt: try row.getOptional("revoked_at"), expiresAt: try row.getOptional("expires_at"))
        }
    }

    static func issue(
        _ work: UnitOfWork, for user: User.ID, name: String, expiresAt: Date? = nil
    ) async throws -> (id: AccessToken.ID, token: SecretText) {
        let id = AccessToken.ID.new()
        let token = Token.new()
        try await work.query(
            """
            insert into switchyard.tokens (id, hash, name, user_id, workspace_id, expires_at)
            values (\(id.uuid), \(token.hash), \(name), \(user.uuid), \(work.access.workspace.uuid), \(expiresAt))
            """)
        try await work.append(TokenIssued(token: id, user: user, name: name), to: "token/\(id)")
        return (id, Secret(token.text))
    }

    static func revoke(_ work: UnitOfWork, _ id: AccessToken.ID) async throws {
        try await work.query("update switchyard.tokens set revoked_at = now() where id = \(id.uuid)")
        try await work.append(TokenRevoked(token: id), to: "token/\(id)")
        try await work.query("select pg_notify(\(revocationChannel), '')")
    }

    private static func validate(tokenName name: String) throws {
        let isVisible = name.unicodeScalars.allSatisfy { (0x20...0x7E).contains($0.value) }
        guard (1...100).contains(name.utf8.count), isVisible, name.utf8.contains(where: { $0 != 0x20 }) else {
            throw SwitchyardError(
                .invalid, code: "NAME_INVALID", "a token's name is 1 to 100 visible ASCII characters",
                hint: "name what uses the token, such as laptop")
        }
    }
}
