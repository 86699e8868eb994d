import PostgresClient
import TestSupport
import Testing

@Suite("Listening")
struct NotificationTests {
    private let listening = Notification(channel: "", payload: "")

    @Test("notifications of the channels arrive in order, with their payload")
    func arrival() async throws {
        try await TestPostgres.withClient { client in
            var stream = client.notifications(on: ["jobs", "Odd \"channel"]).makeAsyncIterator()
            #expect(await stream.next() == listening)
            for number in 1...3 { _ = try await client.query("select pg_notify('jobs', \("\(number)"))") }
            _ = try await client.query("select pg_notify('other', 'x'), pg_notify(\("Odd \"channel"), 'it''s')")
            for number in 1...3 { #expect(await stream.next() == Notification(channel: "jobs", payload: "\(number)")) }
            #expect(await stream.next() == Notification(channel: "Odd \"channel", payload: "it's"))
        }
    }

    @Test("after a loss of its connection it listens again, and says so")
    func reconnection() async throws {
        try await TestPostgres.withClient { client in
            var stream = client.notifications(on: ["c"]).makeAsyncIterator()
            #expect(await stream.next() == listening)
            for _ in 0..<2 {
                let killed = try await client.query(
                    """
                    select pg_terminate_backend(pid) from pg_stat_activity
                    where datname = current_database() and pid <> pg_backend_pid() and query like 'LISTEN%'
                    """)
                #expect(killed.count == 1)
                #expect(await stream.next() == listening)
                _ = try await client.query("notify c, 'again'")
                #expect(await stream.next() == Notification(channel: "c", payload: "again"))
            }
        }
    }

    @Test("a reader that has ended before the stream began listening leaves no connection")
    func earlyEnd() async throws {
        try await TestPostgres.withClient { client in
            for _ in 0..<20 {
                let reader = Task { for await _ in client.notifications(on: ["c"]) {} }
                reader.cancel()
                await reader.value
            }
            let others = "select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()" as SQL
            try await eventually { try await client.query(others).count <= 1 }
        }
    }

    @Test("its connection is closed when its reader ends")
    func endOfReader() async throws {
        try await TestPostgres.withClient { client in
            let listeners = "select 1 from pg_stat_activity where datname = current_database() and query like 'LISTEN%'" as SQL
            let reader = Task { for await _ in client.notifications(on: ["c"]) {} }
            try await eventually { try await client.query(listeners).count == 1 }
            reader.cancel()
            await reader.value
            try await eventually { try await client.query(listeners).isEmpty }
        }
    }
}
