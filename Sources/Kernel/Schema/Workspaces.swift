import PostgresClient
public import Resources

/// The workspaces that the database holds: each has a schema.
public enum Workspaces {
    /// All of them, for the platform's own workers.
    public static func all(_ database: Database) async throws -> [Workspace.ID] {
        let rows = try await database.client.query(
            "select substr(nspname, 8)::uuid as id from pg_namespace where nspname ~ '^tenant_[0-9a-f]{32}$' order by 1")
        return try rows.map { .init(uuid: try $0.get("id")) }
    }
}
