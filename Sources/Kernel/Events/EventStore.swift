import FoundationEssentials
import PostgresClient
public import Resources

/// Reads the log of all that ever changed. Appending is the ``UnitOfWork``'s.
public struct EventStore: Sendable {
    /// The channel of `NOTIFY`; its payload is the workspace.
    public static let channel = "switchyard_events"
    private let database: Database
    private let wakeups: Wakeups

    public init(database: Database, wakeups: Wakeups) {
        self.database = database
        self.wakeups = wakeups
    }

    /// At most `limit` events after a position, oldest first.
    public func events(_ access: Access, after position: Int64, limit: Int) async throws -> [EventRecord] {
        let rows = try await database.query(
            access,
            """
            select position, stream, version, type, data::text as data, actor, time from switchyard.events
            where workspace_id = \(access.workspace.uuid) and position > \(position) order by position limit \(limit)
            """)
        return try rows.map { row in
            EventRecord(
                position: try row.get("position"), stream: try row.get("stream"), version: try row.get("version"),
                type: try row.get("type"), data: try row.get("data"), actor: try row.get("actor"), time: try row.get("time"))
        }
    }

    /// The position of the newest event, 0 when there is none.
    public func latestPosition(_ access: Access) async throws -> Int64 {
        let rows = try await database.query(
            access, "select coalesce(max(position), 0) as position from switchyard.events where workspace_id = \(access.workspace.uuid)")
        return try rows.first?.get("position") ?? 0
    }

    /// All events after a position, then each new one as it lands, until `body` throws or the task is cancelled. The reader
    /// sets the pace: nothing is held for a slow one.
    public func follow(_ access: Access, after position: Int64, _ body: (EventRecord) async throws -> Void) async throws {
        var last = position
        for await _ in wakeups.signals(on: Self.channel, payload: access.workspace.description) {
            while true {
                let events = try await self.events(access, after: last, limit: 200)
                for event in events {
                    try await body(event)
                    last = event.position
                }
                if events.count < 200 { break }
            }
        }
    }
}
