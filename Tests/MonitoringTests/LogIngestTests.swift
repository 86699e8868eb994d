import FoundationEssentials
import Kernel
import PostgresClient
import Resources
import TestSupport
import Testing

@testable import Monitoring

@Suite(.timeLimit(.minutes(2))) struct LogIngestTests {
    @Test("nothing is lost or doubled when the platform is killed again and again")
    func survivesKills() async throws {
        try await withLogs { logs in
            let origin = logs.origin()
            let file = ConmonFile(in: logs.folder)
            for round in 0..<8 {
                // The connections go away in the middle: whatever was under way has landed or not.
                let life = try logs.life()
                try await life.running {
                    await life.ingest.follow("c1", path: file.path, origin: origin, replica: 0)
                    for number in 0..<400 {
                        file.clock += 0.01
                        try file.write("\(round * 400 + number)", stream: "stdout", tag: number % 50 == 49 ? "P" : "F")
                        if number % 50 == 49 { try await Task.sleep(for: .milliseconds(5)) }
                    }
                    try await Task.sleep(for: .milliseconds(Int.random(in: 0...150)))
                    await life.client.close()
                }
            }
            try file.write("end")
            try await logs.running {
                await logs.ingest.follow("c1", path: file.path, origin: origin, replica: 0)
                let seen = try await logs.collector.lines(of: .deployment(origin.deployment)) { $0.text.hasSuffix("end") }
                // A part without a line end belongs to the next line.
                var expected: [String] = []
                var begun = ""
                for number in 0..<3_200 {
                    begun += String(number)
                    if number % 50 != 49 {
                        expected.append(begun)
                        begun = ""
                    }
                }
                #expect(seen.map(\.text) == expected + [begun + "end"])
            }
        }
    }

    @Test("nothing is lost or doubled when connections break in the middle of writing")
    func survivesLostConnections() async throws {
        try await withLogs { logs in
            let origin = logs.origin()
            let file = ConmonFile(in: logs.folder)
            try await logs.running {
                await logs.ingest.follow("c1", path: file.path, origin: origin, replica: 0)
                for number in 0..<1_000 {
                    file.clock += 0.01
                    try file.write("\(number)")
                    await logs.writer.append(BuildLine(origin: origin, text: "build \(number)"))
                    if number % 100 == 50 {
                        try await logs.breakConnections()
                    }
                }
                let seen = try await logs.collector.lines(of: .deployment(origin.deployment), kind: .deploy) { $0.text == "999" }
                #expect(seen.map(\.text) == (0..<1_000).map(String.init))
                try await logs.writer.finishBuild(origin)
                let built = try await logs.service.lines(
                    logs.access, of: .deployment(origin.deployment), kind: .build, after: 0, limit: 5_000)
                #expect(built.items.map(\.text) == (0..<1_000).map { "build \($0)" })
            }
        }
    }

    @Test("nothing is lost or doubled when PostgreSQL crashes and comes back")
    func survivesCrashesOfPostgreSQL() async throws {
        let cluster = try await TestCluster.start()
        // As in production: what was answered has landed.
        let owner = PostgresClient(configuration: .init(connectionString: cluster.connectionString()), logger: .silent)
        _ = try await owner.query("alter database postgres set synchronous_commit = on")
        await owner.close()
        try await withLogs(on: cluster.connectionString()) { logs in
            let origin = logs.origin()
            let file = ConmonFile(in: logs.folder)
            try await logs.running {
                await logs.ingest.follow("c1", path: file.path, origin: origin, replica: 0)
                for round in 0..<3 {
                    for number in 0..<300 {
                        file.clock += 0.01
                        try file.write("\(round * 300 + number)")
                        if number % 10 == 0 { try await Task.sleep(for: .milliseconds(2)) }
                    }
                    await cluster.stopServer()
                    try file.write("away \(round)")
                    try await cluster.startServer()
                }
                try await logs.ingest.drainAndStop("c1", within: .seconds(30))
                let lines = try await logs.service.lines(logs.access, of: .deployment(origin.deployment), after: 0, limit: 5_000)
                let expected = (0..<3).flatMap { round in (0..<300).map { "\(round * 300 + $0)" } + ["away \(round)"] }
                #expect(lines.items.map(\.text) == expected)
            }
        }
        await cluster.remove()
    }

    @Test("two processes that follow the same container keep each line once")
    func keepsOnceInTwoProcesses() async throws {
        try await withLogs { logs in
            let origin = logs.origin()
            let file = ConmonFile(in: logs.folder)
            let other = try logs.life()
            try await logs.running {
                try await other.running {
                    await logs.ingest.follow("c1", path: file.path, origin: origin, replica: 0)
                    await other.ingest.follow("c1", path: file.path, origin: origin, replica: 0)
                    for number in 0..<600 {
                        file.clock += 0.01
                        try file.write("\(number)")
                        try await Task.sleep(for: .milliseconds(1))
                    }
                    let seen = try await logs.collector.lines(of: .deployment(origin.deployment)) { $0.text == "599" }
                    #expect(seen.map(\.text) == (0..<600).map(String.init))
                }
            }
            await other.client.close()
        }
    }

    @Test("a file that was replaced is read to its end before the new one")
    func followsReplacement() async throws {
        try await withLogs { logs in
            let origin = logs.origin()
            let file = ConmonFile(in: logs.folder)
            try await logs.running {
                await logs.ingest.follow("c1", path: file.path, origin: origin, replica: 0)
                var expected: [String] = []
                for round in 0..<5 {
                    try file.write("first of \(round)")
                    let first = try await logs.collector.lines(of: .deployment(origin.deployment)) { $0.text == "first of \(round)" }
                    #expect(first.last?.text == "first of \(round)")
                    expected.append("first of \(round)")
                    // These may be unread when the file goes.
                    try file.write(lines: (0..<200).map { "\(round)/\($0)" })
                    expected += (0..<200).map { "\(round)/\($0)" }
                    file.clock += 1
                    try file.rotate()
                }
                try file.write("end")
                let seen = try await logs.collector.lines(of: .deployment(origin.deployment)) { $0.text == "end" }
                #expect(seen.map(\.text) == expected + ["end"])
            }
        }
    }

    @Test("files that were rotated away while the platform was down are read in their order")
    func readsRotatedFiles() async throws {
        try await withLogs { logs in
            let origin = logs.origin()
            let file = ConmonFile(in: logs.folder)
            try file.write("1")
            let life = try logs.life()
            try await life.running {
                await life.ingest.follow("c1", path: file.path, origin: origin, replica: 0)
                _ = try await life.collector.lines(of: .deployment(origin.deployment)) { $0.text == "1" }
            }
            await life.client.close()
            try file.write("2")
            let manager = FileManager.default
            try manager.moveItem(atPath: file.path, toPath: file.path + ".1")
            try file.write("3")
            try manager.moveItem(atPath: file.path + ".1", toPath: file.path + ".2")
            try manager.moveItem(atPath: file.path, toPath: file.path + ".1")
            try file.write("4")
            try await logs.running {
                await logs.ingest.follow("c1", path: file.path, origin: origin, replica: 0)
                let seen = try await logs.collector.lines(of: .deployment(origin.deployment)) { $0.text == "4" }
                #expect(seen.map(\.text) == ["1", "2", "3", "4"])
            }
        }
    }

    @Test("a truncated file is read from its beginning, and so is another one in its place", arguments: [false, true])
    func startsAgain(isFollowed: Bool) async throws {
        try await withLogs { logs in
            let origin = logs.origin()
            let file = ConmonFile(in: logs.folder)
            try file.write(lines: (0..<20).map { "old \($0)" })
            try await logs.running {
                await logs.ingest.follow("c1", path: file.path, origin: origin, replica: 0)
                _ = try await logs.collector.lines(of: .deployment(origin.deployment)) { $0.text == "old 19" }
                if !isFollowed { await logs.ingest.stop("c1") }
                // The same inode; longer than what was read when nobody looked in between.
                try Data().write(to: URL(filePath: file.path))
                file.clock += 10
                try file.write(lines: (0..<(isFollowed ? 3 : 60)).map { "new \($0)" } + ["end"])
                await logs.ingest.follow("c1", path: file.path, origin: origin, replica: 0)
                let seen = try await logs.collector.lines(of: .deployment(origin.deployment)) { $0.text == "end" }
                #expect(seen.dropFirst(20).first?.text == "new 0")
                #expect(seen.count == (isFollowed ? 24 : 81))
            }
        }
    }

    @Test("the last lines of a container that ended are kept before it is removed, also without a line end")
    func drains() async throws {
        try await withLogs { logs in
            let origin = logs.origin()
            let file = ConmonFile(in: logs.folder)
            try await logs.running {
                await logs.ingest.follow("c1", path: file.path, origin: origin, replica: 0)
                file.clock = 5
                try file.write(lines: (0..<3_000).map(String.init))
                try file.write("panic: ", stream: "stderr", tag: "P")
                try await logs.ingest.drainAndStop("c1")
                let lines = try await logs.service.lines(logs.access, of: .deployment(origin.deployment), after: nil, limit: 3).items
                #expect(lines.map(\.text) == ["998", "999", "2001 lines dropped: the limit is 500 lines a second for a replica"])
                #expect(await logs.ingest.sources.isEmpty)
                // Asked again after a restart, nothing comes twice.
                await logs.ingest.follow("c1", path: file.path, origin: origin, replica: 0)
                try await logs.ingest.drainAndStop("c1")
                #expect(
                    try await logs.service.lines(logs.access, of: .deployment(origin.deployment), after: 0, limit: 5_000).items.count
                        == 1_001)

                let small = ConmonFile(in: logs.folder, name: "small.log")
                try small.write("exit: ", stream: "stderr", tag: "P")
                await logs.ingest.follow("c2", path: small.path, origin: origin, replica: 1)
                await logs.ingest.follow("missing", path: logs.folder.path + "/missing", origin: origin, replica: 2)
                await logs.ingest.follow("folder", path: logs.folder.path, origin: origin, replica: 3)
                for source in ["c2", "missing", "folder"] { try await logs.ingest.drainAndStop(source) }
                let last = try await logs.service.lines(logs.access, of: .deployment(origin.deployment), after: nil, limit: 1).items
                #expect(last.map(\.text) == ["exit: "])
                #expect(last.first?.replica == 1 && last.first?.level == .error)
            }
        }
    }

    @Test("a hundred containers are followed at once")
    func followsMany() async throws {
        try await withLogs { logs in
            let origin = logs.origin()
            try await logs.running {
                for number in 0..<100 {
                    let file = ConmonFile(in: logs.folder, name: "\(number).log")
                    try file.write("hello")
                    await logs.ingest.follow("c\(number)", path: file.path, origin: origin, replica: number)
                }
                var count = 0
                _ = try await logs.collector.lines(of: .deployment(origin.deployment)) { _ in
                    count += 1
                    return count == 100
                }
                try file(logs, 0).write("again")
                let seen = try await logs.collector.lines(of: .deployment(origin.deployment)) { $0.text == "again" }
                #expect(seen.count == 101)
            }
        }
    }

    private func file(_ logs: LogFixture, _ number: Int) -> ConmonFile {
        ConmonFile(in: logs.folder, name: "\(number).log")
    }
}
