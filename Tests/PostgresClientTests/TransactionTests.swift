import PostgresClient
import TestSupport
import Testing

@Suite("A transaction")
struct TransactionTests {
    private struct Stop: Error {}

    @Test("it commits when its closure returns, and rolls back when it throws")
    func commitAndRollBack() async throws {
        try await withTable { client in
            try await client.transaction { _ = try await $0.query("insert into t values (1)") }
            await #expect(throws: Stop.self) {
                try await client.transaction { transaction in
                    _ = try await transaction.query("insert into t values (2)")
                    throw Stop()
                }
            }
            #expect(try await numbers(client) == [1])
        }
    }

    @Test("a failed statement whose error the closure keeps to itself still rolls it back")
    func swallowedError() async throws {
        try await withTable { client in
            await expectError(sqlState: "25P02") {
                try await client.transaction { transaction in
                    _ = try await transaction.query("insert into t values (1)")
                    _ = try? await transaction.query("insert into t values (1)")
                }
            }
            let left = try await numbers(client)
            #expect(left.isEmpty)
        }
    }

    @Test("a savepoint lets it go on after an error")
    func savepoint() async throws {
        try await withTable { client in
            try await client.transaction { transaction in
                _ = try await transaction.batch(["insert into t values (1)", "savepoint s"])
                await expectError(sqlState: "23505") { _ = try await transaction.query("insert into t values (1)") }
                _ = try await transaction.batch(["rollback to savepoint s", "insert into t values (2)"])
            }
            #expect(try await numbers(client) == [1, 2])
        }
    }

    @Test("its use after the closure has returned throws")
    func useAfterEnd() async throws {
        try await withTable { client in
            let leaked = try await client.transaction { $0 }
            await expectError(sqlState: "25000") { _ = try await leaked.query("insert into t values (1)") }
            await expectError(sqlState: "25000") { try await leaked.execute(script: "insert into t values (1)") }
            await expectError(sqlState: "25000") { try await leaked.copy(into: "t", columns: ["n"], rows: [[.text("1")]]) }
            let left = try await numbers(client)
            #expect(left.isEmpty)
        }
    }

    @Test("a statement that ends the transaction itself is found out", arguments: ["commit", "rollback"])
    func endedByStatement(statement: String) async throws {
        try await withTable { client in
            await expectError(sqlState: "2D000") {
                try await client.transaction { transaction in
                    _ = try await transaction.query("insert into t values (1)")
                    _ = try? await transaction.query(SQL(stringLiteral: statement))
                    _ = try? await transaction.query("insert into t values (2)")
                }
            }
            #expect(try await !numbers(client).contains(2))
            try await client.transaction { _ = try await $0.query("insert into t values (3)") }
            #expect(try await numbers(client).last == 3)
        }
    }

    @Test("a deferred constraint that fails at COMMIT is thrown")
    func failureAtCommit() async throws {
        try await withTable { client in
            _ = try await client.query("create table u (n int8 references t deferrable initially deferred)")
            await expectError(sqlState: "23503") {
                try await client.transaction { _ = try await $0.query("insert into u values (9)") }
            }
            let left = try await client.query("select n from u")
            #expect(left.isEmpty)
        }
    }

    @Test("statements asked for at once run in it one after the other")
    func concurrentStatements() async throws {
        try await withTable { client in
            try await client.transaction { transaction in
                try await withThrowingTaskGroup { group in
                    for number in 0..<100 {
                        group.addTask { _ = try await transaction.query("insert into t values (\(number))") }
                    }
                    try await group.waitForAll()
                }
            }
            #expect(try await numbers(client) == Array(0..<100))
        }
    }

    @Test("64 transactions at once on 8 connections all happen")
    func manyTransactions() async throws {
        try await withTable { client in
            _ = try await client.query("insert into t values (0)")
            try await withThrowingTaskGroup { group in
                for _ in 0..<64 {
                    group.addTask {
                        try await client.transaction { transaction in
                            let row = try await transaction.query("select n from t for update").first
                            let number = try #require(row).get("n", as: Int.self)
                            _ = try await transaction.query("update t set n = \(number + 1)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await numbers(client) == [64])
        }
    }

    @Test("a script runs inside it, and its failure undoes all")
    func scripts() async throws {
        try await withTable { client in
            try await client.transaction { transaction in
                try await transaction.execute(script: "insert into t values (1); insert into t values (2); select 'it''s; fine'")
                _ = try await transaction.query("insert into t values (3)")
            }
            await expectError(sqlState: "23505") {
                try await client.transaction { transaction in
                    try await transaction.execute(script: "insert into t values (4); insert into t values (4);")
                }
            }
            await expectError(sqlState: "42601") {
                try await client.transaction { try await $0.execute(script: "insert into t values (5); selec") }
            }
            #expect(try await numbers(client) == [1, 2, 3])
        }
    }

    @Test("a cancelled one ends at once, stops its statement on the server, and gives its connection back", arguments: [true, false])
    func cancellation(passesErrorOn: Bool) async throws {
        let database = try await TestPostgres.database()
        let client = PostgresClient(
            configuration: .init(connectionString: database.connectionString, maximumLeases: 1), logger: .silent)
        _ = try await client.query("create table t (n int8)")
        let backend = try await client.transaction { try await $0.query("select pg_backend_pid() as id").first?.get("id", as: Int.self) }
        let sleeping = Task {
            try await client.transaction { transaction in
                _ = try await transaction.query("insert into t values (1)")
                if passesErrorOn {
                    _ = try await transaction.query("select pg_sleep(600)")
                } else {
                    _ = try? await transaction.query("select pg_sleep(600)")
                }
            }
        }
        try await eventually {
            try await !client.query("select 1 from pg_stat_activity where query = 'select pg_sleep(600)' and state = 'active'").isEmpty
        }
        let start = ContinuousClock.now
        sleeping.cancel()
        await #expect(throws: CancellationError.self) { try await sleeping.value }
        let next = try await client.transaction { try await $0.query("select pg_backend_pid() as id").first?.get("id", as: Int.self) }
        #expect(next == backend)
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect(try await client.query("select n from t").isEmpty)
        await client.close()
    }

    private func withTable(_ body: (PostgresClient) async throws -> Void) async throws {
        try await TestPostgres.withClient { client in
            _ = try await client.query("create table t (n int8 primary key)")
            try await body(client)
        }
    }

    private func numbers(_ client: PostgresClient) async throws -> [Int] {
        try await client.query("select n from t order by n").map { try $0.get("n") }
    }
}
