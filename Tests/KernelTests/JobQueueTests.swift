import Logging
import PostgresClient
import Resources
import Synchronization
import Testing

@testable import Kernel

struct JobQueueTests {
    @Test("jobs with one key run one after the other, in the order in which they came")
    func keysAreInLine() async throws {
        try await KernelFixture.with { fixture in
            let queue = JobQueue(client: fixture.client)
            try await fixture.enqueue("deploy", key: "a", in: fixture.first)
            try await fixture.enqueue("deploy", key: "a", in: fixture.first)
            try await fixture.enqueue("deploy", key: "b", in: fixture.first)
            let one = try #require(try await queue.claim(kinds: ["deploy"], worker: "w"))
            let other = try #require(try await queue.claim(kinds: ["deploy"], worker: "w"))
            #expect(one.key == "a" && other.key == "b")
            #expect(try await queue.claim(kinds: ["deploy"], worker: "w") == nil)
            try await queue.finish(one, .done)
            #expect(try await queue.claim(kinds: ["deploy"], worker: "w")?.key == "a")
        }
    }

    @Test("a worker whose lease ran out can neither extend nor write: another one has the job")
    func leasesAreFenced() async throws {
        try await KernelFixture.with { fixture in
            let queue = JobQueue(client: fixture.client, lease: .milliseconds(1))
            try await fixture.enqueue("deploy", key: "a", in: fixture.first)
            let late = try #require(try await queue.claim(kinds: ["deploy"], worker: "one"))
            try await fixture.client.query("select pg_sleep(0.01)")
            let present = try #require(try await queue.claim(kinds: ["deploy"], worker: "two"))
            #expect(present.id == late.id && present.fence > late.fence && present.attempts == 2)
            let error = await #expect(throws: SwitchyardError.self) { try await queue.extend(late) }
            #expect(error?.code == "LEASE_LOST")
            await #expect(throws: SwitchyardError.self) {
                try await fixture.database.write(fixture.access(fixture.first)) { try await $0.requireLease(late) }
            }
            try await fixture.database.write(fixture.access(fixture.first)) { try await $0.requireLease(present) }
            try await queue.finish(late, .done)
            try await queue.extend(present)
        }
    }

    @Test("what a dead process of this node held is free again at once")
    func leasesOfTheDeadAreReleased() async throws {
        try await KernelFixture.with { fixture in
            let queue = JobQueue(client: fixture.client)
            try await fixture.enqueue("deploy", key: "a", in: fixture.first)
            _ = try await queue.claim(kinds: ["deploy"], worker: "node")
            try await queue.releaseLeases(of: "node")
            #expect(try await queue.claim(kinds: ["deploy"], worker: "node") != nil)
        }
    }

    @Test("a worker runs each job once, and one that fails again")
    func workersWork() async throws {
        struct Broken: Error {}
        try await KernelFixture.with { fixture in
            let runs = Mutex<[String: Int]>([:])
            let worker = JobWorker(
                queue: JobQueue(client: fixture.client), wakeups: fixture.wakeups, kinds: ["k"], concurrency: 3, name: "w",
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            ) { job in
                let count = runs.withLock { runs in
                    runs[job.key, default: 0] += 1
                    return runs[job.key, default: 0]
                }
                if job.key == "3", count == 1 { return .retry(after: .zero, problem: "once more") }
                return .done
            }
            let working = Task { await worker.run() }
            defer { working.cancel() }
            for number in 0..<10 { try await fixture.enqueue("k", key: "\(number)", in: fixture.first) }
            for await _ in fixture.wakeups.signals(on: JobQueue.channel, atLeastEvery: .milliseconds(50)) {
                if try await fixture.client.query("select 1 from switchyard.jobs").isEmpty { break }
            }
            #expect(runs.withLock { $0 } == Dictionary(uniqueKeysWithValues: (0..<10).map { ("\($0)", $0 == 3 ? 2 : 1) }))
        }
    }
}
