import Kernel
import PostgresClient
import Resources
import Testing

struct DatabaseTests {
    @Test("a tenant's statement sees its own rows, and neither another's schema nor another's shared rows")
    func tenantsAreApart() async throws {
        try await KernelFixture.with { fixture in
            for (workspace, text) in [(fixture.first, "mine"), (fixture.second, "theirs")] {
                try await fixture.database.write(fixture.access(workspace)) { unit in
                    try await unit.query("insert into notes (text) values (\(text))")
                    try await unit.append(NoteWritten(text: text), to: "note/1")
                }
            }
            let access = try fixture.access(fixture.first)
            let notes = try await fixture.database.query(access, "select text from notes")
            #expect(try notes.map { try $0.get("text", as: String.self) } == ["mine"])
            let events = try await fixture.database.query(access, "select data->>'text' as text from switchyard.events")
            #expect(try events.map { try $0.get("text", as: String.self) } == ["mine"])
            let other = TenantSchema(fixture.second).name
            let refused = await #expect(throws: PostgresError.self) {
                try await fixture.database.query(access, "select text from \(identifier: other).notes")
            }
            #expect(refused?.sqlState == "42501")
        }
    }

    @Test("a tenant's transaction can neither change events nor write rows for another workspace")
    func tenantsCannotForge() async throws {
        try await KernelFixture.with { fixture in
            let access = try fixture.access(fixture.first)
            try await fixture.database.write(access) { unit in try await unit.append(NoteWritten(text: "a"), to: "note/1") }
            await #expect(throws: PostgresError.self) {
                try await fixture.database.query(access, "update switchyard.events set actor = 'nobody'")
            }
            await #expect(throws: PostgresError.self) {
                try await fixture.database.query(
                    access,
                    """
                    insert into switchyard.events (workspace_id, stream, version, type, data, actor)
                    values (\(fixture.second.uuid), 'note/1', 1, 'forged', '{}', 'me')
                    """)
            }
        }
    }

    @Test("what a failing transaction did is undone with its events and jobs")
    func failureUndoesAll() async throws {
        struct Stop: Error {}
        try await KernelFixture.with { fixture in
            let access = try fixture.access(fixture.first)
            await #expect(throws: Stop.self) {
                try await fixture.database.write(access) { unit in
                    try await unit.query("insert into notes (text) values ('x')")
                    try await unit.append(NoteWritten(text: "x"), to: "note/1")
                    try await unit.enqueue(NewJob(kind: "k", key: "k", payload: 1))
                    throw Stop()
                }
            }
            let counts = try await fixture.client.query(
                "select (select count(*) from switchyard.events) + (select count(*) from switchyard.jobs) as count")
            #expect(try counts[0].get("count", as: Int.self) == 0)
            #expect(try await fixture.database.query(access, "select 1 from notes").isEmpty)
        }
    }
}
