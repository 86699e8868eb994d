internal import CPostgres
internal import Glibc

/// An open connection on its way from the thread that opened it to the loop.
///
/// `@unchecked Sendable`: it is handed over, never shared.
struct OpenedConnection: @unchecked Sendable {
    let handle: OpaquePointer

    func discard() {
        PQfinish(handle)
    }
}

/// Opens connections, by a connection string and the settings that the client relies on.
struct Connector: Sendable {
    private let keywords: [String]
    private let values: [String]
    private let invalid: PostgresError?

    /// `connectionString`: `postgresql://...` or `key=value ...`; an invalid one is reported by each attempt.
    init(connectionString: String) {
        var message: UnsafeMutablePointer<CChar>?
        guard !connectionString.utf8.contains(0), let options = PQconninfoParse(connectionString, &message) else {
            let reason = message.map { trimmed(String(cString: $0)) } ?? "it cannot be read"
            PQfreemem(message)
            (keywords, values) = ([], [])
            // The string may hold a password, so it is not repeated.
            invalid = PostgresError(sqlState: "08001", message: "the connection string is invalid: \(reason)")
            return
        }
        defer { PQconninfoFree(options) }
        var settings: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { settings[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        // What text comes back is parsed here, so it must not depend on the server's or the role's settings.
        let own = "-c DateStyle=ISO -c TimeZone=UTC -c IntervalStyle=postgres -c bytea_output=hex -c extra_float_digits=1"
        let given = settings["options"] ?? getenv("PGOPTIONS").map { String(cString: $0) } ?? ""
        settings["options"] = given.isEmpty ? own : given + " " + own
        settings["client_encoding"] = "UTF8"
        for (keyword, value) in ["connect_timeout": "10", "keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3"]
        where settings[keyword] == nil {
            settings[keyword] = value
        }
        keywords = settings.keys.sorted()
        values = keywords.map { settings[$0] ?? "" }
        invalid = nil
    }

    /// Blocks until the connection is open, or the attempt has failed; so it is called on a thread of its own.
    func connect() -> Result<OpenedConnection, PostgresError> {
        if let invalid { return .failure(invalid) }
        let handle = withCStrings(keywords) { keywords in
            withCStrings(values) { values in PQconnectdbParams(keywords, values, 0) }
        }
        guard let handle else { return .failure(PostgresError(message: "no memory for a connection", isConnectionLoss: true)) }
        guard PQstatus(handle) == CONNECTION_OK else {
            defer { PQfinish(handle) }
            return .failure(
                PostgresError(
                    sqlState: "08001", message: "cannot connect to PostgreSQL: " + trimmed(String(cString: PQerrorMessage(handle))),
                    isConnectionLoss: true))
        }
        return .success(OpenedConnection(handle: handle))
    }

    private func withCStrings<Result>(_ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result) -> Result {
        let copies = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies.map { $0.map { UnsafePointer($0) } } + [nil])
    }
}
