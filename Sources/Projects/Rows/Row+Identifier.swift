import PostgresClient
import Resources

extension Row {
    /// An id from a column of type `uuid`.
    func id<Subject>(_ column: String, of subject: Subject.Type = Subject.self) throws -> Identifier<Subject> {
        Identifier(uuid: try get(column))
    }
}
