import Kernel
import Logging
import PostgresClient
import Resources
import TestSupport

/// A database with the Kernel's schema, one small tenant table, and two workspaces.
struct KernelFixture: Sendable {
    let client: PostgresClient
    let database: Database
    let migrator: Migrator
    let wakeups: Wakeups
    let first = Workspace.ID.new()
    let second = Workspace.ID.new()

    static let notes = ModuleSchema(
        name: "notes",
        tenant: [
            Migration(version: 1, name: "notes", script: "create table notes (text text not null)"),
            Migration(version: 2, name: "authors", script: "alter table notes add column author text"),
        ])

    static func with(_ body: (KernelFixture) async throws -> Void) async throws {
        try await TestPostgres.withClient { client in
            let fixture = KernelFixture(client: client)
            try await fixture.migrator.migrate()
            try await fixture.migrator.createTenant(fixture.first)
            try await fixture.migrator.createTenant(fixture.second)
            let listening = Task { await fixture.wakeups.run() }
            defer { listening.cancel() }
            try await body(fixture)
        }
    }

    private init(client: PostgresClient) {
        self.client = client
        database = Database(client: client)
        migrator = Migrator(client: client, modules: [Self.notes])
        wakeups = Wakeups(client: client, channels: [])
    }

    func access(_ workspace: Workspace.ID) throws -> Access {
        try Caller.system("test").access(to: workspace, .projectWrite)
    }

    func enqueue(_ kind: String, key: String, in workspace: Workspace.ID) async throws {
        try await database.write(access(workspace)) { unit in
            try await unit.enqueue(NewJob(kind: kind, key: key, payload: ["key": key]))
        }
    }
}

struct NoteWritten: EventPayload {
    static let type = "note.written"
    let text: String
}
