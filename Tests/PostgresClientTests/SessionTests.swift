import TestSupport
import Testing

@testable import PostgresClient

@Suite("A leased connection")
struct SessionTests {
    @Test("what a session leaves behind is undone before the next use")
    func sessionIsReset() async throws {
        try await withOneLease { client in
            _ = try await client.query("create role \(identifier: "other \(client.id)")")
            let before = try await state(client)
            try await client.withSession { session in
                _ = try await session.query("set search_path = pg_catalog")
                _ = try await session.query("select pg_advisory_lock(5)")
                _ = try await session.query("listen c")
                _ = try await session.query("create temp table leftover (n int8)")
                _ = try await session.query("set role \(identifier: "other \(client.id)")")
                _ = try await session.query("begin")
                await #expect(throws: PostgresError.self) { _ = try await session.query("select 1 / 0") }
            }
            #expect(try await state(client) == before)
            _ = try await client.query("drop role \(identifier: "other \(client.id)")")
        }
    }

    @Test("what a transaction sets for the session is undone as well")
    func transactionIsReset() async throws {
        try await withOneLease { client in
            let before = try await state(client)
            let statements: [SQL] = [
                "set work_mem = '1MB'", "select set_config('work_mem', '1MB', false)", "set role pg_monitor", "select pg_advisory_lock(5)",
                "create temp table leftover (n int8)", "listen c",
            ]
            for statement in statements {
                try await client.transaction { _ = try await $0.query(statement) }
                #expect(try await state(client) == before, "\(statement.text)")
            }
            try await client.transaction { try await $0.execute(script: "select 1; set work_mem = '1MB'; listen c") }
            #expect(try await state(client) == before)
        }
    }

    @Test("settings that end with a transaction do")
    func localSettings() async throws {
        try await withOneLease { client in
            let before = try await state(client)
            try await client.transaction { transaction in
                let role = try await transaction.batch([
                    "select set_config('role', \("pg_monitor"), true), set_config('work_mem', \("1MB"), true)",
                    "select current_user::text as role",
                ]).last?.first
                #expect(try role?.get("role", as: String.self) == "pg_monitor")
            }
            #expect(try await state(client) == before)
        }
    }

    @Test(
        "which statements may leave traces",
        arguments: [
            ("select 1", false), ("  UPDATE t set n = 1", false), ("set local role x", false), ("insert into template_x values (1)", true),
            ("select set_config('role', $1, true), set_config('search_path', $2, true)", false),
            ("select set_config('role', $1, $2)", true),
            ("select set_config('a', $1, true), set_config('b', $1, false)", true), ("SELECT pg_advisory_xact_lock(1)", false),
            ("SELECT pg_try_advisory_lock(1)", true), ("set role x", true), ("listen c", true), ("", false),
        ])
    func traces(text: String, expected: Bool) {
        var traces = SessionTraces()
        #expect(traces.mayBeLeft(by: text) == expected)
        #expect(traces.mayBeLeft(by: text) == expected)
    }

    @Test("a session runs what cannot run in a transaction")
    func outsideOfTransaction() async throws {
        try await withOneLease { client in
            _ = try await client.query("create table t (n int8)")
            try await client.withSession { session in
                _ = try await session.query("create index concurrently i on t (n)")
                try await session.execute(script: "vacuum t")
            }
        }
    }

    @Test("those who wait are served in the order in which they came")
    func fairWaiting() async throws {
        try await withOneLease { client in
            let (order, continuation) = AsyncStream.makeStream(of: Int.self)
            let waiters = try await client.withSession { _ in
                var waiters: [Task<Void, any Error>] = []
                for number in 0..<10 {
                    waiters.append(Task { try await client.transaction { _ in _ = continuation.yield(number) } })
                    try await eventually { await client.waiting == number + 1 }
                }
                // One that gives up takes no turn.
                waiters[4].cancel()
                await #expect(throws: CancellationError.self) { try await waiters[4].value }
                return waiters
            }
            for (number, waiter) in waiters.enumerated() where number != 4 { try await waiter.value }
            continuation.finish()
            #expect(await order.reduce(into: []) { $0.append($1) } == [0, 1, 2, 3, 5, 6, 7, 8, 9])
        }
    }

    @Test("who waits for a connection longer than the patience gets an error that says so")
    func deadline() async throws {
        var configuration = PostgresClient.Configuration(
            connectionString: try await TestPostgres.database().connectionString, maximumLeases: 1)
        configuration.leasePatience = .milliseconds(50)
        let client = PostgresClient(configuration: configuration, logger: .silent)
        // To open the connection may itself take longer than that.
        try await eventually { await thrown { try await client.withSession { _ in } } == nil }
        try await client.withSession { _ in
            let error = await thrown { try await client.transaction { _ in } } as? PostgresError
            #expect(error?.sqlState == "53300")
            #expect(error?.message.contains("1 of at most 1") == true)
        }
        try await client.transaction { _ = try await $0.query("select 1") }
        await client.close()
    }

    /// What a user of the connection could notice of the one before.
    private func state(_ client: PostgresClient) async throws -> [String] {
        try await client.withSession { session in
            let row = try #require(
                try await session.query(
                    """
                    select current_user::text as role, current_setting('search_path') as path, current_setting('work_mem') as memory,
                        (select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid())::text as locks,
                        (select count(*) from pg_listening_channels())::text as channels,
                        coalesce(to_regclass('pg_temp.leftover')::text, 'none') as leftover, pg_backend_pid()::text as backend
                    """
                ).first)
            return try row.columns.map { try row.get($0) }
        }
    }

    private func withOneLease(_ body: (PostgresClient) async throws -> Void) async throws {
        let database = try await TestPostgres.database()
        let client = PostgresClient(configuration: .init(connectionString: database.connectionString, maximumLeases: 1), logger: .silent)
        try await body(client)
        await client.close()
    }
}

extension PostgresClient {
    fileprivate var id: Int { ObjectIdentifier(self).hashValue }

    fileprivate var waiting: Int {
        get async {
            await withCheckedContinuation { continuation in
                loop.submit { [pool] in continuation.resume(returning: pool.leases.waiters.count) }
            }
        }
    }
}
