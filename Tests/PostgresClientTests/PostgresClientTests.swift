import Glibc
import PostgresClient
import TestSupport
import Testing

@Suite("A client's single statements")
struct PostgresClientTests {
    @Test("a value that is bound comes back as it was")
    func boundValues() async throws {
        try await TestPostgres.withClient { client in
            let row = try #require(try await client.query("select \("it's")::text as text, \(42)::int8 as number").first)
            #expect(try row.get("text") == "it's")
            #expect(try row.get("number", as: Int.self) == 42)
        }
    }

    @Test("64 callers at once all get their own answer")
    func manyCallers() async throws {
        try await TestPostgres.withClient { client in
            try await withThrowingTaskGroup { group in
                for caller in 0..<64 {
                    group.addTask {
                        for number in 0..<50 {
                            let rows = try await client.query("select \(caller)::int8 * 1000 + \(number)::int8 as answer")
                            #expect(try rows.first?.get("answer", as: Int.self) == caller * 1000 + number)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let connections = try await client.query(
                "select count(*) as n from pg_stat_activity where datname = current_database()")
            #expect(try #require(connections.first).get("n", as: Int.self) <= 2)
        }
    }

    @Test("an error of one caller does not reach the others in the same pipeline")
    func errorsAreIsolated() async throws {
        try await TestPostgres.withClient { client in
            await withTaskGroup { group in
                for number in 0..<200 {
                    group.addTask {
                        if number.isMultiple(of: 3) {
                            await expectError(sqlState: "22012") { _ = try await client.query("select \(number)::int8 / 0 as n") }
                        } else {
                            let rows = try? await client.query("select \(number)::int8 as n")
                            #expect(rows?.count == 1)
                        }
                    }
                }
            }
        }
    }

    @Test("text with SQL in it stays text")
    func injectionIsInert() async throws {
        try await TestPostgres.withClient { client in
            _ = try await client.query("create table t (value text)")
            for text in ["'; drop table t; --", "$1", "\\'", "\" or 1=1", "{}", "\u{1F600}\n\t"] {
                _ = try await client.query("insert into t values (\(text))")
                let rows = try await client.query("select value from t where value = \(text)")
                #expect(try rows.map { try $0.get("value", as: String.self) } == [text])
            }
        }
    }

    @Test("an identifier is quoted, whatever it contains")
    func identifiersAreQuoted() async throws {
        try await TestPostgres.withClient { client in
            for name in ["plain", "select", "a\"b", "a b; drop table x", "Größe.x", "$1"] {
                _ = try await client.query("create table \(identifier: name) (\(identifier: name) int8)")
                _ = try await client.query("insert into \(identifier: name) values (\(7))")
                let rows = try await client.query("select \(identifier: name) from \(identifier: name)")
                #expect(try rows.first?.get(name, as: Int.self) == 7)
            }
        }
    }

    @Test("text with NUL is refused before it is sent")
    func nulIsRefused() async throws {
        try await TestPostgres.withClient { client in
            let text = "a\0b"
            await expectError(sqlState: "22021") { _ = try await client.query("select \(text)::text") }
            await expectError(sqlState: "22021") { _ = try await client.query("select \(identifier: text)") }
            await expectError(sqlState: "22021") { _ = try await client.query("select \([text])::text[]") }
            await expectError(sqlState: "22021") { try await client.withSession { try await $0.execute(script: "select 1;\0") } }
            let bytes = try await client.query("select \([UInt8(0), 1, 0])::bytea as b").first?.get("b", as: [UInt8].self)
            #expect(bytes == [0, 1, 0])
        }
    }

    @Test("more parameters than the protocol carries are refused")
    func tooManyParameters() async throws {
        try await TestPostgres.withClient { client in
            var values: SQL = "values (\(0)::int8)"
            for _ in 0..<65535 { values.append(", (\(0))") }
            let statement = values
            await expectError(sqlState: "54000") { _ = try await client.query(statement) }
            let rows = try await client.query("select 1 as n")
            #expect(rows.count == 1)
        }
    }

    @Test("parameters and results of 10 MB arrive whole")
    func bigValues() async throws {
        try await TestPostgres.withClient { client in
            let text = String(repeating: "0123456789", count: 1 << 20)
            let bytes = [UInt8](repeating: 0xA5, count: 10 << 20)
            async let small = client.query("select 1 as n")
            let row = try #require(
                try await client.query(
                    "select \(text)::text as text, length(\(bytes)::bytea) as length, substr(\(bytes)::bytea, 1, 100000) as bytes"
                ).first)
            #expect(try row.get("text", as: String.self) == text)
            #expect(try row.get("length", as: Int.self) == bytes.count)
            #expect(try row.get("bytes", as: [UInt8].self) == Array(bytes.prefix(100_000)))
            #expect(try await small.count == 1)
        }
    }

    @Test("a result of 200,000 rows arrives whole")
    func manyRows() async throws {
        try await TestPostgres.withClient { client in
            let rows = try await client.query("select n from generate_series(1, 200000) n")
            #expect(rows.count == 200_000)
            #expect(try rows.last?.get("n", as: Int.self) == 200_000)
        }
    }

    @Test("an error carries code, message, detail and constraint")
    func errorFields() async throws {
        try await TestPostgres.withClient { client in
            _ = try await client.query("create table t (n int8 constraint only_once unique)")
            _ = try await client.query("insert into t values (1)")
            let error = try #require(await thrown { _ = try await client.query("insert into t values (1)") } as? PostgresError)
            #expect(error.isUniqueViolation)
            #expect(error.constraint == "only_once")
            #expect(error.detail?.contains("(1)") == true)
            #expect(!error.isRetryable)
            #expect(!error.isConnectionLoss)
        }
    }

    @Test("a batch is one transaction")
    func batchIsAtomic() async throws {
        try await TestPostgres.withClient { client in
            _ = try await client.query("create table t (n int8 unique)")
            await expectError(sqlState: "23505") {
                _ = try await client.batch(["insert into t values (1)", "insert into t values (1)", "insert into t values (2)"])
            }
            #expect(try await client.query("select n from t").isEmpty)
            let results = try await client.batch([
                "select set_config('app.tenant', \("7"), true) as value", "select current_setting('app.tenant') as value",
            ])
            #expect(try results.map { try $0.first?.get("value", as: String.self) } == ["7", "7"])
            #expect(try await client.batch([]).isEmpty)
        }
    }

    @Test("a cancelled task stops waiting at once, and the connection goes on")
    func cancellation() async throws {
        let database = try await TestPostgres.database()
        let client = PostgresClient(
            configuration: .init(connectionString: database.connectionString, pipelinedConnections: 1), logger: .silent)
        let backend = try await client.query("select pg_backend_pid() as id").first?.get("id", as: Int.self)
        try await client.withSession { session in
            _ = try await session.query("select pg_advisory_lock(1)")
            let waiting = Task { try await client.query("select pg_advisory_xact_lock(1)") }
            try await eventually {
                try await !session.query("select 1 from pg_locks where locktype = 'advisory' and not granted").isEmpty
            }
            let behind = Task { try await client.query("select 1 as n") }
            waiting.cancel()
            behind.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
            await #expect(throws: CancellationError.self) { try await behind.value }
            _ = try await session.query("select pg_advisory_unlock(1)")
        }
        #expect(try await client.query("select pg_backend_pid() as id").first?.get("id", as: Int.self) == backend)
        await client.close()
    }

    @Test("a single statement cannot begin a transaction that would swallow those of others")
    func noStrayTransaction() async throws {
        try await TestPostgres.withClient { client in
            _ = try await client.query("create table t (n int8)")
            await expectError(sqlState: "25001") { _ = try await client.query("begin") }
            await expectError(sqlState: "25001") { _ = try await client.batch(["start transaction", "insert into t values (1)"]) }
            #expect(try await client.query("select n from t").isEmpty)
        }
    }

    @Test("COPY as a statement is refused, and the client goes on")
    func copyAsStatement() async throws {
        try await TestPostgres.withClient { client in
            await #expect(throws: PostgresError.self) { _ = try await client.query("copy (select 1) to stdout") }
            let rows = try await client.query("select 1 as n")
            #expect(rows.count == 1)
        }
    }

    @Test("after close each call fails, and what waited has failed")
    func close() async throws {
        let database = try await TestPostgres.database()
        let client = PostgresClient(configuration: .init(connectionString: database.connectionString), logger: .silent)
        let waiting = Task { try await client.query("select pg_sleep(60)") }
        _ = try await client.query("select 1")
        await client.close()
        await client.close()
        await #expect(throws: PostgresError.self) { try await waiting.value }
        await #expect(throws: PostgresError.self) { try await client.query("select 1") }
        await #expect(throws: PostgresError.self) { try await client.transaction { _ in } }
        for await _ in client.notifications(on: ["c"]) { Issue.record("a closed client listens") }
    }

    @Test("a client that nobody holds any more closes its connections")
    func releasedClient() async throws {
        try await TestPostgres.withClient { observer in
            let name = try #require(try await observer.query("select current_database() as name").first).get("name", as: String.self)
            let others = "select 1 from pg_stat_activity where datname = current_database() and application_name = 'released'" as SQL
            let string = try await TestPostgres.database().connectionString
            let target = string.split(separator: " ").filter { !$0.hasPrefix("dbname=") }.joined(separator: " ")
            do {
                let client = PostgresClient(
                    configuration: .init(connectionString: "\(target) dbname=\(name) application_name=released"), logger: .silent)
                _ = try await client.query("select 1")
                #expect(try await observer.query(others).count == 1)
            }
            try await eventually { try await observer.query(others).isEmpty }
        }
    }
}
