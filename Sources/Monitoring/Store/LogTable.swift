import FoundationEssentials
import PostgresClient
import Resources

/// Writes batches into the table `logs`, each line once.
struct LogTable: Sendable {
    static let channel = "switchyard_logs"
    /// Held while positions are given out and until they can be seen, so that a reader never meets a smaller one later.
    private static let positionLock: Int64 = 7_310_415_263_142
    private static let columns = [
        "workspace_id", "environment_id", "service_id", "deployment_id", "kind", "replica", "time", "level", "text",
    ]

    let client: PostgresClient
    /// The writer, for its last batch to be known.
    let writer: UUID

    /// Keeps the items' lines and the places behind them, in one transaction. Asked again with the same number it does nothing if it
    /// has landed before: the answer to a commit can be lost.
    ///
    /// - Parameter number: The batch's own, chosen by chance.
    /// - Returns: The sources whose lines somebody else has kept already: they were passed over.
    func write(_ items: [LogBuffer.Item], batch number: Int64) async throws -> Set<String> {
        let sources = Set(items.compactMap { if case .container(let lines) = $0 { lines.source } else { nil } })
        return try await client.transaction { transaction in
            // A transaction whose answer was lost may still be running: it holds the lock until its end.
            let present = try await transaction.batch([
                "select pg_advisory_xact_lock(\(Self.positionLock))",
                "select batch from switchyard.log_writers where id = \(writer)",
                "select source, version from switchyard.log_cursors where source = any(\(Array(sources)))",
            ])
            if try present[1].first?.get("batch", as: Int64.self) == number { return [] }
            let versions = try present[2].reduce(into: [:]) { versions, row in
                versions[try row.get("source", as: String.self)] = try row.get("version", as: Int64.self)
            }
            let (entries, cursors, overtaken) = Self.admit(items, versions: versions)
            guard !entries.isEmpty else { return overtaken }
            try await transaction.copy(into: "switchyard.logs", columns: Self.columns, rows: Self.rows(entries))
            var statements: [SQL] = [Self.notify(entries), note(number)]
            if !cursors.isEmpty { statements.append(Self.keep(cursors)) }
            _ = try await transaction.batch(statements)
            return overtaken
        }
    }

    /// How far each source was read, as committed; notes that it is still followed.
    func cursors(of sources: [String]) async throws -> [String: LogCursor] {
        let rows = try await client.query(
            """
            update switchyard.log_cursors set seen_at = now() where source = any(\(sources))
            returning source, version, inode, read_to, fingerprint, state
            """)
        return try rows.reduce(into: [:]) { result, row in
            result[try row.get("source", as: String.self)] = LogCursor(
                version: try row.get("version"), inode: try row.get("inode"), offset: try row.get("read_to"),
                fingerprint: try row.get("fingerprint"), state: try row.get("state"))
        }
    }

    private func note(_ number: Int64) -> SQL {
        """
        insert into switchyard.log_writers (id, batch) values (\(writer), \(number))
        on conflict (id) do update set batch = excluded.batch, seen_at = now()
        """
    }

    private static func admit(
        _ items: [LogBuffer.Item], versions: [String: Int64]
    ) -> (entries: [LogEntry], cursors: [String: TailedLines], overtaken: Set<String>) {
        var versions = versions
        var entries: [LogEntry] = []
        var cursors: [String: TailedLines] = [:]
        var overtaken: Set<String> = []
        for item in items {
            if case .container(let lines) = item {
                guard versions[lines.source, default: 0] == lines.expectedVersion else {
                    overtaken.insert(lines.source)
                    continue
                }
                versions[lines.source] = lines.cursor.version
                cursors[lines.source] = lines
            }
            entries += item.entries
        }
        return (entries, cursors, overtaken)
    }

    private static func rows(_ entries: [LogEntry]) -> [[PostgresValue]] {
        var origins: [LogOrigin: [PostgresValue]] = [:]
        return entries.map { entry in
            let origin = entry.origin
            let ids =
                origins[origin]
                ?? [origin.workspace.uuid, origin.environment.uuid, origin.service.uuid, origin.deployment.uuid].map(\.postgresValue)
            origins[origin] = ids
            return ids + [
                .text(entry.kind.rawValue), entry.replica?.postgresValue ?? .null, entry.time.postgresValue,
                .text(entry.level.rawValue), .text(entry.text),
            ]
        }
    }

    private static func notify(_ entries: [LogEntry]) -> SQL {
        let topics = Set(
            entries.flatMap {
                [
                    LogScope.deployment($0.origin.deployment).topic,
                    LogScope.service($0.origin.service, in: $0.origin.environment).topic,
                ]
            })
        return "select pg_notify(\(channel), topic) from unnest(\(Array(topics))::text[]) as topic"
    }

    private static func keep(_ cursors: [String: TailedLines]) -> SQL {
        let lines = Array(cursors.values)
        func numbers(_ value: (LogCursor) -> Int64) -> [String] { lines.map { String(value($0.cursor)) } }
        return """
            insert into switchyard.log_cursors (source, workspace_id, version, inode, read_to, fingerprint, state)
            select * from unnest(
                \(lines.map(\.source))::text[], \(lines.map(\.workspace.uuid))::uuid[], \(numbers(\.version))::text[]::bigint[],
                \(numbers(\.inode))::text[]::bigint[], \(numbers(\.offset))::text[]::bigint[],
                \(numbers(\.fingerprint))::text[]::bigint[], \(lines.map(\.cursor.state))::text[])
            on conflict (source) do update set
                version = excluded.version, inode = excluded.inode, read_to = excluded.read_to,
                fingerprint = excluded.fingerprint, state = excluded.state, seen_at = now()
            """
    }
}
