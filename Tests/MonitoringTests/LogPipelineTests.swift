import FoundationEssentials
import Kernel
import PostgresClient
import Resources
import Testing

@testable import Monitoring

@Suite(.timeLimit(.minutes(2))) struct LogPipelineTests {
    @Test("lines of a build are kept in order and paged through")
    func keepsBuildLines() async throws {
        try await withLogs { logs in
            let origin = logs.origin()
            try await logs.running {
                for number in 0..<2_500 {
                    await logs.writer.append(
                        BuildLine(origin: origin, level: number == 7 ? .error : .info, text: "step \(number)"))
                }
                try await logs.writer.finishBuild(origin)
            }
            var seen: [LogLine] = []
            var after: Int64? = 0
            while let position = after {
                let page = try await logs.service.lines(logs.access, of: .deployment(origin.deployment), after: position, limit: 1_000)
                seen += page.items
                after = page.next.flatMap { Int64($0) }
            }
            #expect(seen.map(\.text) == (0..<2_500).map { "step \($0)" })
            #expect(seen.map(\.position) == seen.map(\.position).sorted())
            #expect(seen.allSatisfy { $0.kind == .build && $0.replica == nil && $0.serviceId == origin.service })
            #expect(seen[7].level == .error)
            let newest = try await logs.service.lines(logs.access, of: .deployment(origin.deployment), kind: .build, after: nil, limit: 3)
            #expect(newest.items.map(\.text) == ["step 2497", "step 2498", "step 2499"])
            let others = try await logs.service.lines(logs.access, of: .deployment(origin.deployment), kind: .deploy, after: nil)
            #expect(others.items.isEmpty)
        }
    }

    @Test("a build that floods is cut at the limit and says so")
    func limitsBuilds() async throws {
        try await withLogs(LogSettings(buildLinesPerSecond: 10)) { logs in
            let origin = logs.origin()
            let time = Date(timeIntervalSince1970: 1_795_000_000)
            try await logs.running {
                for number in 0..<100 { await logs.writer.append(BuildLine(origin: origin, time: time, text: "\(number)")) }
                try await logs.writer.finishBuild(origin)
            }
            let lines = try await logs.service.lines(logs.access, of: .deployment(origin.deployment), after: 0).items
            #expect(lines.map(\.text) == (0..<20).map(String.init) + ["80 lines dropped: the limit is 10 lines a second for a build"])
            #expect(lines.last?.level == .warn)
        }
    }

    @Test("a container's lines are followed live, by deployment and by service, and from any position again")
    func followsContainers() async throws {
        try await withLogs { logs in
            let origin = logs.origin()
            let file = ConmonFile(in: logs.folder)
            try await logs.running {
                await logs.ingest.follow("c1", path: file.path, origin: origin, replica: 1)
                try file.write(lines: (0..<50).map { "early \($0)" })
                let early = try await logs.collector.lines(of: .deployment(origin.deployment)) { $0.text == "early 49" }
                #expect(early.map(\.text) == (0..<50).map { "early \($0)" })
                async let live = logs.collector.lines(of: .service(origin.service, in: origin.environment), after: nil, tail: 2) {
                    $0.text == "late 9"
                }
                for number in 0..<10 {
                    file.clock += 0.1
                    try file.write("late \(number)", stream: "stderr")
                }
                let service = try await live
                #expect(service.suffix(10).map(\.text) == (0..<10).map { "late \($0)" })
                let again = try await logs.collector.lines(of: .deployment(origin.deployment), kind: .deploy, after: early[19].position) {
                    $0.text == "late 9"
                }
                #expect(again.map(\.text) == (20..<50).map { "early \($0)" } + (0..<10).map { "late \($0)" })
                #expect(again.allSatisfy { $0.replica == 1 && $0.kind == .deploy })
                #expect(again.last?.level == .error)
            }
        }
    }

    @Test("another workspace sees none of it")
    func isolatesWorkspaces() async throws {
        try await withLogs { logs in
            let origin = logs.origin()
            try await logs.running {
                await logs.writer.append(BuildLine(origin: origin, text: "secret"))
                try await logs.writer.finishBuild(origin)
            }
            let other = try await logs.accessOfAnotherWorkspace()
            for scope in [LogScope.deployment(origin.deployment), .service(origin.service, in: origin.environment)] {
                #expect(try await logs.service.lines(logs.access, of: scope, after: 0).items.map(\.text) == ["secret"])
                #expect(try await logs.service.lines(other, of: scope, after: 0).items.isEmpty)
                #expect(try await logs.service.lines(other, of: scope, after: nil).items.isEmpty)
            }
            await #expect(throws: PostgresError.self) { try await logs.database.query(other, "select * from switchyard.log_cursors") }
            await #expect(throws: PostgresError.self) { try await logs.database.query(other, "select switchyard.expire_logs(0)") }
        }
    }

    @Test("lines need the permission to read logs")
    func needsItsPermission() async throws {
        try await withLogs { logs in
            let access = try logs.access.with(.projectRead)
            await #expect(throws: SwitchyardError.self) {
                try await logs.service.lines(access, of: .deployment(.new()), after: 0)
            }
        }
    }

    @Test("hostile lines come out of the database as they went in, repaired")
    func keepsHostileLines() async throws {
        try await withLogs { logs in
            let origin = logs.origin()
            let file = ConmonFile(in: logs.folder)
            let texts = ["\\.", "\\N", "a\tb\\tc", "'; drop table switchyard.logs; --", "\u{1B}[1mbold\u{1B}[0m", "\\", "", "😀"]
            for text in texts { try file.write(text) }
            try file.write([0x61, 0x00, 0xC3, 0x28, 0xFF])
            try file.writeInParts([UInt8](repeating: UInt8(ascii: "x"), count: 10 << 20))
            try file.write("last")
            try await logs.running {
                await logs.ingest.follow("c1", path: file.path, origin: origin, replica: 0)
                let seen = try await logs.collector.lines(of: .deployment(origin.deployment)) { $0.text == "last" }
                #expect(seen.dropLast(2).map(\.text) == texts + ["a\u{FFFD}(\u{FFFD}"])
                #expect(seen.dropLast().last?.text.hasSuffix("x … [cut: the line has 10485760 bytes, 16384 are kept]") == true)
            }
        }
    }

    @Test("readers never skip a line while several writers write")
    func positionsAppearInOrder() async throws {
        try await withLogs { logs in
            let origin = logs.origin()
            let writers = (0..<4).map { _ in LogWriter(client: logs.client, settings: LogSettings(), logger: logs.logger) }
            let seen = try await logs.running {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for writer in writers {
                        group.addTask { await writer.run() }
                        group.addTask {
                            for _ in 0..<500 {
                                await writer.append(BuildLine(origin: origin, text: "x"))
                                if Int.random(in: 0..<20) == 0 { try await writer.flush() }
                            }
                        }
                    }
                    var count = 0
                    let seen = try await logs.collector.lines(of: .service(origin.service, in: origin.environment)) { _ in
                        count += 1
                        return count == 2_000
                    }
                    group.cancelAll()
                    return seen
                }
            }
            #expect(seen.count == 2_000)
            #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.position < $1.position })
        }
    }
}
