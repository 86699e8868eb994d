import Kernel
import Resources
import Testing

struct EventStoreTests {
    @Test("of two changes decided on one version, the second is refused")
    func versionsAreChecked() async throws {
        try await KernelFixture.with { fixture in
            let access = try fixture.access(fixture.first)
            let version = try await fixture.database.write(access) {
                try await $0.append(NoteWritten(text: "a"), to: "note/1", expecting: 0)
            }
            #expect(version == 1)
            let error = await #expect(throws: SwitchyardError.self) {
                try await fixture.database.write(access) { try await $0.append(NoteWritten(text: "b"), to: "note/1", expecting: 0) }
            }
            #expect(error?.code == "VERSION_CONFLICT")
        }
    }

    @Test("appends from many tasks get versions without gaps, and a follower sees each once, in order")
    func followersSeeAllInOrder() async throws {
        try await KernelFixture.with { fixture in
            let access = try fixture.access(fixture.first)
            let store = EventStore(database: fixture.database, wakeups: fixture.wakeups)
            async let seen = Self.collect(30, from: store, access)
            try await withThrowingTaskGroup { group in
                for number in 0..<30 {
                    group.addTask {
                        try await fixture.database.write(access) { try await $0.append(NoteWritten(text: "\(number)"), to: "note/1") }
                    }
                }
                try await group.waitForAll()
            }
            let events = try await seen
            #expect(events.map(\.version) == Array(1...30))
            #expect(events.map(\.position) == events.map(\.position).sorted())
            #expect(events.allSatisfy { $0.actor == "system/test" })
        }
    }

    private static func collect(_ count: Int, from store: EventStore, _ access: Access) async throws -> [EventRecord] {
        struct Enough: Error {}
        var events: [EventRecord] = []
        do {
            try await store.follow(access, after: 0) { event in
                events.append(event)
                if events.count == count { throw Enough() }
            }
        } catch is Enough {}
        return events
    }
}
