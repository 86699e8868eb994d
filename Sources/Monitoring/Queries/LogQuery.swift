import FoundationEssentials
import PostgresClient
import Resources

/// One page of lines as a statement that costs a page, whatever the number of lines and days.
struct LogQuery {
    var scope: LogScope
    var kind: LogKind?
    /// Nil for the newest lines, newest first.
    var after: Int64?
    var limit: Int

    var sql: SQL {
        if let kind { return "select * from \(page(of: kind))" }
        // Each kind has its own place in the index: a page of each, merged.
        let order: SQL = after == nil ? "desc" : "asc"
        return """
            select * from (select * from \(page(of: .build)) union all select * from \(page(of: .deploy))) as merged
            order by position \(order) limit \(limit)
            """
    }

    private func page(of kind: LogKind) -> SQL {
        let (subject, environment): (UUID, UUID?) =
            switch scope {
            case .deployment(let id): (id.uuid, nil)
            case .service(let id, let environment): (id.uuid, environment.uuid)
            }
        return "switchyard.log_page(\(subject), \(environment), \(kind.rawValue), \(after), \(limit))"
    }
}
