import FoundationEssentials
import Kernel
import Processes
import Resources
import Testing

@testable import Monitoring

/// Real containers under Podman, each in a root of the test's own.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ContainerFloodTests {
    @Test("of a flood exactly as much is kept and counted as was written")
    func addsUp() async throws {
        try await withLogs { logs in
            let container = try Container(in: logs.folder)
            let lines = try await container.lines(of: ["/busybox", "seq", "1", "200000"], in: logs)
            #expect(lines.first?.text == "1")
            let dropped = lines.compactMap(Self.dropped).reduce(0, +)
            #expect(dropped > 0)
            #expect(lines.count(where: { $0.level == .info }) + dropped == 200_000)
        }
    }

    @Test("a container that floods is never held up, and the last lines of one that fails are there")
    func neverBlocks() async throws {
        try await withLogs { logs in
            let container = try Container(in: logs.folder, options: ["--log-opt", "max-size=8mb"])
            let script = "timeout 2 yes; sleep 1.1; echo failed >&2; printf 'no line end'; exit 3"
            let lines = try await container.lines(of: ["/busybox", "sh", "-c", script], in: logs)
            #expect(lines.suffix(2).map(\.text) == ["failed", "no line end"])
            #expect(lines.suffix(2).map(\.level) == [.error, .info])
            #expect(lines.compactMap(Self.dropped).reduce(0, +) > 10_000)
            // 1,000 at once, then 500 in each of the seconds that 2 s can touch.
            #expect(lines.count(where: { $0.text == "y" }) <= 1_000 + 3 * 500)
            // 2 s of flood and 1.1 s of sleep: Podman's own record of the run says whether anything held it up.
            #expect(try await container.seconds() < 6)
        }
    }

    private static func dropped(_ line: LogLine) -> Int? {
        guard line.level == .warn, let mark = line.text.firstRange(of: " lines dropped") else { return nil }
        return Int(line.text[..<mark.lowerBound])
    }

    private struct Container {
        private let podman: [String]
        private let options: [String]
        private let root: String

        init(in folder: ScratchFolder, options: [String] = []) throws {
            self.options = options
            // Podman wants a short path here.
            podman = ["--root", folder.path + "/root", "--runroot", folder.path + "/run", "--storage-driver", "vfs", "--runtime", "runc"]
            root = folder.path + "/rootfs"
            for name in ["proc", "sys", "dev", "tmp", "etc", "run"] {
                try FileManager.default.createDirectory(atPath: root + "/" + name, withIntermediateDirectories: true)
            }
            try FileManager.default.copyItem(atPath: "/bin/busybox", toPath: root + "/busybox")
        }

        /// Runs a command to its end while its log is followed, and removes the container once the log is drained.
        func lines(of command: [String], in logs: LogFixture) async throws -> [LogLine] {
            let origin = logs.origin()
            do {
                let limits = ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024"]
                try await run(
                    ["run", "--detach", "--name", "flood", "--network", "none", "--log-driver", "k8s-file", "--env", "PATH=/"] + limits
                        + options + ["--rootfs", root] + command)
                let path = try await run(["inspect", "--format", "{{.HostConfig.LogConfig.Path}}", "flood"])
                let lines = try await logs.running {
                    await logs.ingest.follow("flood", path: path, origin: origin, replica: 0)
                    try await run(["wait", "flood"])
                    try await logs.ingest.drainAndStop("flood")
                    return try await logs.service.lines(logs.access, of: .deployment(origin.deployment), after: 0, limit: 5_000).items
                }
                return lines
            } catch {
                try await run(["rm", "--force", "flood"])
                throw error
            }
        }

        /// How long the container ran.
        func seconds() async throws -> Double {
            let times = try await run(["inspect", "--format", "{{.State.StartedAt.UnixMilli}} {{.State.FinishedAt.UnixMilli}}", "flood"])
            let numbers = times.split(separator: " ").compactMap { Double($0) }
            #expect(numbers.count == 2)
            try await run(["rm", "--force", "flood"])
            return ((numbers.last ?? 0) - (numbers.first ?? 0)) / 1_000
        }

        @discardableResult
        private func run(_ arguments: [String]) async throws -> String {
            let finished = try await Command("podman", podman + arguments).run(timeout: .seconds(60))
            guard finished.isSuccess else { throw Failure(message: finished.errorOutput) }
            return String(finished.output.prefix { !$0.isNewline })
        }
    }

    private struct Failure: Error {
        var message: String
    }
}
