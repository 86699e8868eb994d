/// Why a statement failed, or could not be sent.
public struct PostgresError: Error, Hashable, Sendable {
    /// The five characters of PostgreSQL's error code ("23505"), also for what the client itself refuses; nil when there is none.
    public var sqlState: String?
    /// What happened, as PostgreSQL says it.
    public var message: String
    public var detail: String?
    public var hint: String?
    /// The name of the violated constraint.
    public var constraint: String?
    /// The connection was lost or could not be made. A statement that was in flight may or may not have been carried out.
    public var isConnectionLoss: Bool

    public init(
        sqlState: String? = nil, message: String, detail: String? = nil, hint: String? = nil, constraint: String? = nil,
        isConnectionLoss: Bool = false
    ) {
        self.sqlState = sqlState
        self.message = message
        self.detail = detail
        self.hint = hint
        self.constraint = constraint
        self.isConnectionLoss = isConnectionLoss
    }

    public var isUniqueViolation: Bool { sqlState == "23505" }

    /// The same transaction may well succeed when it is run again: serialization failure, deadlock, a lost connection, or a prepared
    /// statement that a change of the schema made stale.
    public var isRetryable: Bool {
        isConnectionLoss || sqlState == "40001" || sqlState == "40P01" || isStalePlan
    }

    /// The server no longer takes a prepared statement as it was: the table's columns changed, or somebody deallocated it.
    var isStalePlan: Bool {
        sqlState == "26000" || (sqlState == "0A000" && message.contains("cached plan must not change result type"))
    }
}

extension PostgresError: CustomStringConvertible {
    public var description: String {
        var text = sqlState.map { "\(message) (\($0))" } ?? message
        if let detail { text += "; \(detail)" }
        if let hint { text += "; \(hint)" }
        return text
    }
}
