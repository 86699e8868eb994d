import FoundationEssentials
public import Kernel
import PostgresClient
public import Resources

/// Shows lines: pages of them, and new ones as they come.
public struct LogService: Sendable {
    /// Lines in one answer, at most.
    public static let maximumLines = 5_000
    private static let followedLines = 1_000

    private let database: Database
    private let wakeups: Wakeups

    /// - Parameter wakeups: Has to listen on ``LogPipeline/channel``.
    public init(database: Database, wakeups: Wakeups) {
        self.database = database
        self.wakeups = wakeups
    }

    /// A page of lines in the order they were kept: those after a position, or the newest when it is nil.
    ///
    /// - Parameter kind: Nil for both.
    /// - Returns: `next` is the position to go on from when there may be more.
    public func lines(
        _ access: Access, of scope: LogScope, kind: LogKind? = nil, after position: Int64?, limit: Int = 500
    ) async throws -> Page<LogLine> {
        guard access.permission == .logRead else {
            throw SwitchyardError(.internalFault, code: "PERMISSION_MISMATCH", "logs were asked for with \(access.permission.rawValue)")
        }
        let limit = min(max(limit, 1), Self.maximumLines)
        let rows = try await database.query(access, LogQuery(scope: scope, kind: kind, after: position, limit: limit).sql)
        var lines = try rows.map(Self.line)
        if position == nil { lines.reverse() }
        let isFull = position != nil && lines.count == limit
        return Page(items: lines, next: isFull ? lines.last.map { String($0.position) } : nil)
    }

    /// All lines after a position, then each new one as it is kept, until `body` throws or the task is cancelled. The reader
    /// sets the pace: nothing is held for a slow one, and who comes back with the last position misses nothing.
    ///
    /// - Parameters:
    ///   - position: Nil to begin with the newest lines, `tail` of them.
    ///   - body: Gets some lines at a time, never none.
    public func follow(
        _ access: Access, of scope: LogScope, kind: LogKind? = nil, after position: Int64?, tail: Int = 0,
        _ body: ([LogLine]) async throws -> Void
    ) async throws {
        // Listening begins before the first look: a line kept in between wakes us.
        let signals = wakeups.signals(on: LogPipeline.channel, payload: scope.topic)
        var last: Int64
        if let position {
            last = position
        } else {
            // The newest line is asked for even when none shall be shown: it says where to go on.
            let newest = try await lines(access, of: scope, kind: kind, after: nil, limit: max(tail, 1)).items
            last = newest.last?.position ?? 0
            if tail > 0, !newest.isEmpty { try await body(newest) }
        }
        for await _ in signals {
            while true {
                let page = try await lines(access, of: scope, kind: kind, after: last, limit: Self.followedLines)
                guard let newest = page.items.last else { break }
                try await body(page.items)
                last = newest.position
                if page.next == nil { break }
            }
        }
    }

    private static func line(_ row: Row) throws -> LogLine {
        let kind: String = try row.get("kind")
        let level: String = try row.get("level")
        return LogLine(
            position: try row.get("position"), time: try row.get("time"),
            deploymentId: Deployment.ID(uuid: try row.get("deployment_id")), serviceId: Service.ID(uuid: try row.get("service_id")),
            kind: LogKind(rawValue: kind) ?? .deploy, replica: try row.getOptional("replica"), level: LogLevel(rawValue: level) ?? .info,
            text: try row.get("text"))
    }
}
