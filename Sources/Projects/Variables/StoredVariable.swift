import FoundationEssentials
import PostgresClient
import Resources

/// A variable as the database keeps it.
struct StoredVariable {
    let key: VariableKey
    /// Encrypted.
    let value: [UInt8]
    let references: [VariableReference]
    let isSealed: Bool

    static func query(_ environment: Environment.ID) -> SQL {
        "select service_id, name, value, refs, sealed from variables where environment_id = \(environment.uuid) order by name"
    }

    init(_ row: Row) throws {
        key = VariableKey(service: try row.getOptional("service_id", as: UUID.self).map { .init(uuid: $0) }, name: try row.get("name"))
        value = try row.get("value")
        references = try row.get("refs", as: [String].self).compactMap { VariableReference($0[...]) }
        isSealed = try row.get("sealed")
    }
}
