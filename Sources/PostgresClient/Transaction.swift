/// The use of one connection inside the closure of ``PostgresClient/transaction(_:)`` or ``PostgresClient/withSession(_:)``. Statements run in
/// the order in which they are asked for; several may be under way at once. After the closure has returned each call throws (25000).
public struct Transaction: Sendable {
    let lease: Lease

    /// Runs one statement. When the task is cancelled it throws CancellationError at once, and the server is asked to stop the statement.
    @discardableResult
    public func query(_ sql: SQL) async throws -> [Row] {
        try await lease.run(.statements([BoundStatement(sql)])).first ?? []
    }

    /// Runs statements in one round trip; the first that fails ends them.
    public func batch(_ statements: [SQL]) async throws -> [[Row]] {
        try await lease.run(.statements(statements.map { sql throws(PostgresError) in try BoundStatement(sql) }))
    }

    /// Runs a text of several statements without parameters, such as a migration. Never with text that comes from a request.
    public func execute(script: String) async throws {
        try refuseNUL(in: script, "the script")
        _ = try await lease.run(.script(script))
    }

    /// Writes many rows by COPY, which is the fastest way. `table` may be "schema.table"; all names are quoted. Either all rows arrive or none.
    public func copy(into table: String, columns: [String], rows: [[PostgresValue]]) async throws {
        let command = try CopyText.command(table: table, columns: columns)
        let chunks = try CopyText.chunks(of: rows, columns: columns.count)
        guard !chunks.isEmpty else { return }
        _ = try await lease.run(.copy(command: command, chunks: chunks))
    }
}
