internal import CPostgres

extension PostgresError {
    /// The error that a result carries.
    init(result: OpaquePointer) {
        func field(_ code: Int32) -> String? {
            PQresultErrorField(result, code).map { String(cString: $0) }
        }
        let severity = field(diagnostic_severity)
        self.init(
            sqlState: field(diagnostic_sqlstate),
            message: field(diagnostic_message) ?? trimmed(String(cString: PQresultErrorMessage(result))),
            detail: field(diagnostic_detail),
            hint: field(diagnostic_hint),
            constraint: field(diagnostic_constraint),
            // The server ends the session after these.
            isConnectionLoss: severity == "FATAL" || severity == "PANIC")
    }

    /// The loss of a connection, as the library describes it.
    init(lost connection: OpaquePointer) {
        self.init(
            message: "the connection to PostgreSQL was lost: " + trimmed(String(cString: PQerrorMessage(connection))),
            isConnectionLoss: true)
    }

    static let clientClosed = PostgresError(message: "the PostgreSQL client is closed", isConnectionLoss: true)
}

/// The library ends its messages with a newline.
func trimmed(_ message: String) -> String {
    var rest = Substring(message)
    while let last = rest.last, last.isWhitespace { rest.removeLast() }
    return String(rest)
}
