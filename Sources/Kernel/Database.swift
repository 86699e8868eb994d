public import PostgresClient

/// The one way to data. A tenant's statements run under the tenant's own database role, which can see that workspace's schema
/// and its rows of the shared tables and nothing else, whatever the statement says.
public struct Database: Sendable {
    public let client: PostgresClient

    public init(client: PostgresClient) {
        self.client = client
    }

    /// One statement as the tenant, in one round trip.
    @discardableResult
    public func query(_ access: Access, _ sql: SQL) async throws -> [Row] {
        try await client.batch([Self.enter(access), sql]).last ?? []
    }

    /// Several statements that see one state of the data.
    public func read<T: Sendable>(_ access: Access, _ body: @escaping @Sendable (Transaction) async throws -> T) async throws -> T {
        try await client.transaction { transaction in
            try await transaction.query(Self.enter(access))
            return try await body(transaction)
        }
    }

    /// A change of state: rows, events and jobs land together or not at all. It runs again when PostgreSQL asks for that
    /// (serialization failure, deadlock), so `body` must have no other effect.
    @discardableResult
    public func write<T: Sendable>(_ access: Access, _ body: @escaping @Sendable (UnitOfWork) async throws -> T) async throws -> T {
        var attempt = 1
        while true {
            do {
                return try await client.transaction { transaction in
                    try await transaction.query(Self.enter(access))
                    return try await body(UnitOfWork(transaction: transaction, access: access))
                }
            } catch let error as PostgresError where error.isSerializationFailure && attempt < 5 {
                attempt += 1
            }
        }
    }

    /// The platform's own work across workspaces: authentication, job queues, logs. Never with text that a request chose.
    public func shared<T: Sendable>(_ body: @escaping @Sendable (Transaction) async throws -> T) async throws -> T {
        try await client.transaction(body)
    }

    static func enter(_ access: Access) -> SQL {
        let schema = TenantSchema(access.workspace).name
        return "select set_config('role', \(schema), true), set_config('search_path', \(schema + ", switchyard"), true)"
    }
}

extension PostgresError {
    /// The transaction lost a race and may simply run again (SQLSTATE 40001, 40P01).
    var isSerializationFailure: Bool {
        sqlState == "40001" || sqlState == "40P01"
    }
}
