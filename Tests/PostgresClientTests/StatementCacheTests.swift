import TestSupport
import Testing

@testable import PostgresClient

@Suite("Prepared statements")
struct StatementCacheTests {
    private final class Owner {}

    @Test("a text is prepared at its second use, and others use it when the server has confirmed")
    func secondUse() {
        let (first, second) = (Owner(), Owner())
        var cache = StatementCache()
        #expect(cache.use("select 1", for: ObjectIdentifier(first)) == .unnamed)
        guard case .prepare(let name) = cache.use("select 1", for: ObjectIdentifier(first)) else {
            Issue.record("it was not prepared")
            return
        }
        #expect(cache.use("select 1", for: ObjectIdentifier(first)) == .prepared(name: name))
        #expect(cache.use("select 1", for: ObjectIdentifier(second)) == .unnamed)
        cache.confirm("select 1")
        #expect(cache.use("select 1", for: ObjectIdentifier(second)) == .prepared(name: name))
        cache.withdraw("select 1")
        #expect(cache.use("select 1", for: ObjectIdentifier(second)) == .unnamed)
    }

    @Test("the one that was not used for longest gives way")
    func eviction() {
        let owner = ObjectIdentifier(Owner())
        var cache = StatementCache(capacity: 2)
        func prepare(_ text: String) {
            _ = cache.use(text, for: owner)
            _ = cache.use(text, for: owner)
            cache.confirm(text)
        }
        prepare("a")
        prepare("b")
        _ = cache.use("a", for: owner)
        prepare("c")
        #expect(cache.takeEvicted().count == 1)
        #expect(!cache.hasEvicted)
        guard case .prepared = cache.use("a", for: owner) else {
            Issue.record("the wrong one gave way")
            return
        }
        #expect(cache.use("b", for: owner) == .unnamed)
    }

    @Test("the server holds a bounded number of them")
    func boundOnServer() async throws {
        try await withOneConnection { client in
            for start in stride(from: 0, to: 400, by: 50) {
                let statements = (start..<start + 50).map { SQL(stringLiteral: "select \($0) as n") }
                for _ in 0..<2 { _ = try await client.batch(statements) }
            }
            let count = try await client.query("select count(*) as n from pg_prepared_statements").first?.get("n", as: Int.self)
            #expect((200...320).contains(try #require(count)))
        }
    }

    @Test("a change of the table makes no caller's statement fail")
    func changedTable() async throws {
        try await withOneConnection { client in
            _ = try await client.query("create table t (a int8)")
            _ = try await client.query("insert into t values (1)")
            for _ in 0..<3 { _ = try await client.query("select * from t") }
            _ = try await client.query("alter table t add b text default 'x'")
            for _ in 0..<3 { #expect(try await client.query("select * from t").first?.get("b", as: String.self) == "x") }
            _ = try await client.query("deallocate all")
            for _ in 0..<3 { #expect(try await client.query("select * from t").first?.columns == ["a", "b"]) }
        }
    }

    @Test("a statement whose preparation fails fails each time in the same way")
    func failingPreparation() async throws {
        try await withOneConnection { client in
            for _ in 0..<4 { await expectError(sqlState: "42P01") { _ = try await client.query("select * from missing") } }
            _ = try await client.query("create table missing (n int8)")
            for _ in 0..<4 { #expect(try await client.query("select * from missing").isEmpty) }
        }
    }

    @Test("preparations that an error skips are not counted on")
    func skippedPreparation() async throws {
        try await withOneConnection { client in
            for _ in 0..<4 {
                await expectError(sqlState: "22012") { _ = try await client.batch(["select 1 / 0", "select 2 as n", "select 3 as n"]) }
            }
            for _ in 0..<4 {
                let results = try await client.batch(["select 2 as n", "select 3 as n"])
                #expect(results.count == 2)
            }
        }
    }

    private func withOneConnection(_ body: (PostgresClient) async throws -> Void) async throws {
        let database = try await TestPostgres.database()
        let client = PostgresClient(
            configuration: .init(connectionString: database.connectionString, pipelinedConnections: 1), logger: .silent)
        try await body(client)
        await client.close()
    }
}
