import PostgresClient
import TestSupport
import Testing

@Suite("After a failure of the server")
struct RecoveryTests {
    @Test("statements under way on a killed connection fail as lost, and the next ones succeed")
    func killedBackend() async throws {
        try await TestPostgres.withClient { client in
            _ = try await client.query("select 1")
            let waiting = Task { try await client.query("select pg_sleep(600)") }
            try await client.withSession { session in
                try await eventually {
                    try await !session.query(
                        "select pg_terminate_backend(pid) from pg_stat_activity where query = 'select pg_sleep(600)' and state = 'active'"
                    ).isEmpty
                }
            }
            let error = await thrown { _ = try await waiting.value } as? PostgresError
            #expect(error?.isConnectionLoss == true)
            #expect(error?.isRetryable == true)
            #expect(error?.sqlState == "57P01")
            #expect(try await client.query("select 1 as n").count == 1)
        }
    }

    @Test("a transaction whose connection is killed fails as lost, also in its later statements, and frees its place")
    func killedTransaction() async throws {
        let database = try await TestPostgres.database()
        let client = PostgresClient(configuration: .init(connectionString: database.connectionString, maximumLeases: 1), logger: .silent)
        for _ in 0..<3 {
            let error = await thrown {
                try await client.transaction { transaction in
                    let backend = try #require(try await transaction.query("select pg_backend_pid() as id").first).get("id", as: Int.self)
                    _ = try await client.query("select pg_terminate_backend(\(backend))")
                    try await eventually { try await client.query("select 1 from pg_stat_activity where pid = \(backend)").isEmpty }
                    _ = try? await transaction.query("select 1")
                    _ = try await transaction.query("select 1")
                }
            }
            #expect((error as? PostgresError)?.isConnectionLoss == true)
        }
        #expect(try await client.transaction { try await $0.query("select 1 as n") }.count == 1)
        await client.close()
    }

    @Test("callers wait while the server restarts, then everything works again", .timeLimit(.minutes(2)))
    func restart() async throws {
        let cluster = try await TestCluster.start()
        var configuration = PostgresClient.Configuration(connectionString: cluster.connectionString(), maximumLeases: 4)
        configuration.outagePatience = .seconds(60)
        let client = PostgresClient(configuration: configuration, logger: .silent)
        var stream = client.notifications(on: ["c"]).makeAsyncIterator()
        #expect(await stream.next()?.channel == "")
        _ = try await client.query("create table t (n int8)")
        try await client.transaction { _ = try await $0.query("insert into t values (1)") }
        for inOrder in [true, false] {
            let underWay = Task { try await client.query("select pg_sleep(600)") }
            try await eventually {
                try await client.withSession { session in
                    try await !session.query("select 1 from pg_stat_activity where query = 'select pg_sleep(600)' and state = 'active'")
                        .isEmpty
                }
            }
            await cluster.stopServer(inOrder: inOrder)
            let error = await thrown { _ = try await underWay.value } as? PostgresError
            #expect(error?.isConnectionLoss == true)
            async let rows = client.query("select n from t")
            async let count = client.transaction { try await $0.query("select n from t").count }
            try await cluster.startServer()
            #expect(try await rows.count == 1)
            #expect(try await count == 1)
            #expect(await stream.next()?.channel == "")
        }
        await client.close()
        await cluster.remove()
    }

    @Test("when the server stays away callers get an error after the patience, and then at once")
    func lastingOutage() async throws {
        var configuration = PostgresClient.Configuration(connectionString: "host=/nonexistent user=x dbname=x")
        configuration.outagePatience = .milliseconds(100)
        let client = PostgresClient(configuration: configuration, logger: .silent)
        for _ in 0..<3 {
            let start = ContinuousClock.now
            let error = await thrown { _ = try await client.query("select 1") } as? PostgresError
            #expect(error?.sqlState == "08001")
            #expect(error?.isConnectionLoss == true)
            #expect((await thrown { try await client.transaction { _ in } } as? PostgresError)?.sqlState == "08001")
            #expect(ContinuousClock.now - start < .seconds(10))
        }
        await client.close()
    }

    @Test("a refusal that waiting cannot mend is reported at once")
    func refusal() async throws {
        let good = try await TestPostgres.database().connectionString
        for string in [good.replacing("dbname=", with: "dbname=no_such_"), "host=", "nonsense", "postgresql://[", "host=a\0b"] {
            var configuration = PostgresClient.Configuration(connectionString: string.replacing("host=", with: "host="))
            configuration.outagePatience = string.hasSuffix("=") ? .milliseconds(50) : .seconds(600)
            let client = PostgresClient(configuration: configuration, logger: .silent)
            let error = await thrown { _ = try await client.query("select 1") } as? PostgresError
            #expect(error?.sqlState == "08001", "\(string)")
            await client.close()
        }
    }
}
