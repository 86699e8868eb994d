import PostgresClient
import Resources

/// One page of lines as a statement that walks an index in order, whatever the number of lines and days.
struct LogQuery {
    var scope: LogScope
    var kind: LogKind?
    /// Nil for the newest lines, newest first.
    var after: Int64?
    var limit: Int

    var sql: SQL {
        if let kind { return page(of: kind) }
        // Each kind has its own place in the index: two ordered walks, merged.
        let order: SQL = after == nil ? "desc" : "asc"
        return """
            select * from (\(page(of: .build)) union all \(page(of: .deploy))) as merged
            order by position \(order) limit \(limit)
            """
    }

    private func page(of kind: LogKind) -> SQL {
        let order: SQL = after == nil ? "desc" : "asc"
        let range: SQL = after.map { "position > \($0)" } ?? "true"
        return """
            (select position, time, deployment_id, service_id, kind, replica, level, text from switchyard.logs
            where \(filter) and kind = \(kind.rawValue) and \(range) order by position \(order) limit \(limit))
            """
    }

    private var filter: SQL {
        switch scope {
        case .deployment(let id): "deployment_id = \(id.uuid)"
        case .service(let id, let environment): "service_id = \(id.uuid) and environment_id = \(environment.uuid)"
        }
    }
}
