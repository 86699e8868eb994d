/// A row of a result. Columns are read by name; of two columns with the same name the first is meant.
public struct Row: Sendable {
    let table: ResultTable
    let index: Int

    public var columns: [String] { table.columns }

    /// Throws when there is no such column (42703), it is NULL (22004), or its text is not a `T` (22P02).
    public func get<T: PostgresDecodable>(_ column: String, as type: T.Type = T.self) throws -> T {
        guard let value = try getOptional(column, as: type) else {
            throw PostgresError(sqlState: "22004", message: "column \"\(column)\" is NULL, expected \(T.self)")
        }
        return value
    }

    /// Nil for NULL. Throws when there is no such column (42703), or its text is not a `T` (22P02).
    public func getOptional<T: PostgresDecodable>(_ column: String, as type: T.Type = T.self) throws -> T? {
        guard let position = table.columns.firstIndex(of: column) else {
            throw PostgresError(
                sqlState: "42703", message: "the result has no column \"\(column)\"; it has \(table.columns.joined(separator: ", "))")
        }
        guard let text = table.cells[index * table.columns.count + position] else { return nil }
        guard let value = T(postgresText: text) else {
            // The value itself stays out of the message: it may be a secret.
            throw PostgresError(sqlState: "22P02", message: "column \"\(column)\" cannot be read as \(T.self)")
        }
        return value
    }
}
