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
        }
    }

    @Test("a transaction commits when its closure returns, and rolls back when it throws")
    func transactions() async throws {
        struct Stop: Error {}
        try await TestPostgres.withClient { client in
            _ = try await client.query("create table t (n int8 primary key)")
            try await client.transaction { _ = try await $0.query("insert into t values (1)") }
            await #expect(throws: Stop.self) {
                try await client.transaction { transaction in
                    _ = try await transaction.query("insert into t values (2)")
                    throw Stop()
                }
            }
            #expect(try await client.query("select n from t").map { try $0.get("n", as: Int.self) } == [1])
        }
    }
}
