/// A parameter in PostgreSQL's text format, or NULL.
public enum PostgresValue: Hashable, Sendable {
    case null
    case text(String)
    /// Bound in binary, as `bytea`.
    case bytes([UInt8])
}

/// What can be bound to a parameter.
public protocol PostgresEncodable {
    var postgresValue: PostgresValue { get }
}

/// What a column can be read as; `text` is PostgreSQL's text format.
public protocol PostgresDecodable {
    init?(postgresText text: String)
}
