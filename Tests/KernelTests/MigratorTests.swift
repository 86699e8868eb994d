import Kernel
import PostgresClient
import Resources
import TestSupport
import Testing

struct MigratorTests {
    @Test("two processes that migrate at once do each step once")
    func concurrentMigrationsAgree() async throws {
        try await TestPostgres.withClient { client in
            let workspace = Workspace.ID.new()
            try await withThrowingTaskGroup { group in
                for _ in 0..<4 {
                    group.addTask {
                        let migrator = Migrator(client: client, modules: [KernelFixture.notes])
                        try await migrator.migrate()
                        try await migrator.createTenant(workspace)
                    }
                }
                try await group.waitForAll()
            }
            let rows = try await client.query("select count(*) as count from switchyard.migrations where module = 'notes'")
            #expect(try rows[0].get("count", as: Int.self) == 2)
        }
    }

    @Test("a failing step leaves the version before it, and nothing of itself")
    func failingStepIsUndone() async throws {
        try await TestPostgres.withClient { client in
            let good = Migration(version: 1, name: "good", script: "create table switchyard.good (id int)")
            let bad = Migration(version: 2, name: "bad", script: "create table switchyard.bad (id int); select 1/0;")
            await #expect(throws: PostgresError.self) {
                try await Migrator(client: client, modules: [ModuleSchema(name: "m", shared: [good, bad])]).migrate()
            }
            try await Migrator(client: client, modules: [ModuleSchema(name: "m", shared: [good])]).migrate()
            #expect(try await client.query("select 1 from pg_tables where tablename = 'bad'").isEmpty)
        }
    }

    @Test("an older program refuses a newer database")
    func olderProgramRefuses() async throws {
        try await TestPostgres.withClient { client in
            let steps = (1...2).map { Migration(version: $0, name: "s\($0)", script: "select \($0)") }
            try await Migrator(client: client, modules: [ModuleSchema(name: "m", shared: steps)]).migrate()
            let error = await #expect(throws: SwitchyardError.self) {
                try await Migrator(client: client, modules: [ModuleSchema(name: "m", shared: [steps[0]])]).migrate()
            }
            #expect(error?.code == "SCHEMA_TOO_NEW")
        }
    }
}
