internal import Logging
public import PostgresClient
internal import Synchronization

/// An empty database of its own for a suite or a test; it goes with the server at the end of the test process.
public struct TestDatabase: Sendable {
    public let connectionString: String
}

/// The PostgreSQL server that the tests of one process share; started when it is first needed.
public enum TestPostgres {
    private static let server = Task { try await TestCluster.start() }
    private static let administration = Task {
        PostgresClient(configuration: .init(connectionString: try await server.value.connectionString()), logger: .silent)
    }
    private static let count = Atomic<Int>(0)

    /// Makes a new, empty database.
    public static func database() async throws -> TestDatabase {
        let name = "test_\(count.wrappingAdd(1, ordering: .relaxed).newValue)"
        _ = try await administration.value.withSession { session in
            try await session.query("create database \(identifier: name)")
        }
        return TestDatabase(connectionString: try await server.value.connectionString(database: name))
    }

    /// Gives a client of a new, empty database, and closes it afterwards.
    public static func withClient<T: Sendable>(_ body: (PostgresClient) async throws -> T) async throws -> T {
        let client = PostgresClient(
            configuration: .init(connectionString: try await database().connectionString, maximumLeases: 8), logger: .silent)
        do {
            let value = try await body(client)
            await client.close()
            return value
        } catch {
            await client.close()
            throw error
        }
    }
}
