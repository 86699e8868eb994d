import Glibc
import Logging
import Testing

@testable import Processes

@Suite struct DaemonTests {
    private func daemon(in folder: String, _ script: String, environment: [String: String]? = nil, account: SystemAccount? = nil) -> Daemon
    {
        Daemon(
            name: "test", command: Command("/bin/sh", ["-c", script], environment: environment, account: account), pidFile: folder + "/pid",
            logFile: folder + "/log")
    }

    /// Runs the body and ends the daemon in any case.
    private func using(_ daemon: Daemon, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch {
            await daemon.stop(signal: SIGKILL)
            throw error
        }
        await daemon.stop(signal: SIGKILL)
    }

    @Test("a running daemon is adopted, not started twice, also by many callers at once")
    func adopts() async throws {
        try await withTemporaryDirectory { folder in
            let daemon = daemon(in: folder, "exec sleep 1000")
            try await using(daemon) {
                let pids = try await withThrowingTaskGroup(of: Int32.self) { group in
                    for _ in 0..<10 { group.addTask { try await daemon.adoptOrStart() } }
                    return try await group.reduce(into: Set<Int32>()) { $0.insert($1) }
                }
                #expect(pids.count == 1)
                #expect(pids.first == daemon.runningPid)
            }
            #expect(!daemon.isRunning())
        }
    }

    @Test("it runs in its own session, without our open files, signals and terminal, and writes to its log")
    func isDetached() async throws {
        try await withTemporaryDirectory { folder in
            signal(SIGPIPE, SIG_IGN)
            let leak = fcntl(0, F_DUPFD, 50)
            defer { close(leak) }
            let script = "[ -e /proc/$$/fd/\(leak) ] || echo closed; grep SigIgn /proc/$$/status; echo $NAME >&2; exec sleep 1000"
            let daemon = daemon(in: folder, script, environment: ["NAME": "value", "PATH": "/usr/bin:/bin"])
            try await using(daemon) {
                let pid = try await daemon.adoptOrStart()
                #expect(ProcessEntry.read(pid)?.session == pid)
                #expect(await eventually { SmallFile.read(folder + "/log")?.contains("value\n") == true })
                let words = (SmallFile.read(folder + "/log") ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
                try #require(words.count == 4, "\(words)")
                #expect(words[0] == "closed")
                let ignored = try #require(UInt64(words[2], radix: 16))
                // Only those up to 31 are ours: the next two belong to the C library.
                #expect(ignored & 0x7FFF_FFFF == 0)
            }
        }
    }

    @Test("a pid file of another process with that pid, of another boot, or damaged, is not believed")
    func reusedPid() async throws {
        try await withTemporaryDirectory { folder in
            let daemon = daemon(in: folder, "exec sleep 1000")
            let own = try #require(ProcessEntry.read(getpid()))
            let boot = ProcessIdentity.currentBoot
            for text in [
                "\(getpid()) \(own.startTime + 1) \(boot)\n", "\(getpid()) \(own.startTime) another-boot\n", "", "1 2", "-1 0 \(boot)\n",
            ] {
                try text.write(to: folder + "/pid")
                #expect(!daemon.isRunning())
                daemon.kill()
            }
            // The test itself would be gone by now.
            try await using(daemon) {
                _ = try await daemon.adoptOrStart()
                #expect(daemon.isRunning())
            }
        }
    }

    @Test("what a killed master leaves of its group is ended before it is started again")
    func leftOverWorkers() async throws {
        try await withTemporaryDirectory { folder in
            let daemon = daemon(in: folder, "sleep 1000 & echo $! > \(folder)/worker; wait")
            try await using(daemon) {
                let first = try await daemon.adoptOrStart()
                #expect(await eventually { SmallFile.read(folder + "/worker")?.hasSuffix("\n") == true })
                let worker = try #require(Int32((SmallFile.read(folder + "/worker") ?? "").dropLast()))
                Glibc.kill(first, SIGKILL)
                #expect(await eventually { !daemon.isRunning() })
                #expect(ProcessEntry.read(worker)?.hasEnded == false)
                let second = try await daemon.adoptOrStart()
                #expect(second != first)
                #expect(ProcessEntry.read(worker)?.hasEnded != false)
            }
        }
    }

    @Test("stopping waits for a clean end, and ends one that ignores the signal when the time is over")
    func stops() async throws {
        try await withTemporaryDirectory { folder in
            let polite = daemon(in: folder, "trap 'echo bye; exit' TERM; echo up; while :; do sleep 0.01; done")
            _ = try await polite.adoptOrStart()
            #expect(await eventually { SmallFile.read(folder + "/log")?.contains("up") == true })
            await polite.stop()
            #expect(SmallFile.read(folder + "/log")?.contains("bye") == true)
            #expect(SmallFile.read(folder + "/pid") == nil)

            let stubborn = daemon(in: folder, "trap '' TERM; echo deaf; while :; do sleep 0.01; done")
            let pid = try await stubborn.adoptOrStart()
            #expect(await eventually { SmallFile.read(folder + "/log")?.contains("deaf") == true })
            await stubborn.stop(grace: .milliseconds(100))
            #expect(ProcessEntry.read(pid) == nil)
        }
    }

    @Test("a program that is missing or may not be run throws, and leaves nothing that looks like a daemon")
    func startFails() async throws {
        try await withTemporaryDirectory { folder in
            let missing = Daemon(name: "test", command: Command("/nowhere", []), pidFile: folder + "/pid", logFile: folder + "/log")
            await #expect { try await missing.adoptOrStart() } throws: { ($0 as? ProcessError)?.code == .notFound }
            #expect(!missing.isRunning())
            let lost = Daemon(
                name: "test", command: Command("/bin/sleep", ["9"], directory: "/nowhere"), pidFile: folder + "/pid",
                logFile: folder + "/log")
            await #expect(throws: ProcessError.self) { try await lost.adoptOrStart() }
            #expect(!lost.isRunning())
        }
    }

    @Test("programs of another account start also while threads are being made", .enabled(if: getuid() == 0))
    func accountBesideThreads() async throws {
        let account = try #require(SystemAccount.named("nobody"))
        try await withThrowingTaskGroup { group in
            for _ in 0..<100 {
                group.addTask { try await Command("id", ["-u"], account: account).run(timeout: .seconds(60)).output }
            }
            for try await output in group { #expect(output == "\(account.user)\n") }
        }
    }

    @Test("it runs as another account when told to", .enabled(if: getuid() == 0))
    func otherAccount() async throws {
        try await withTemporaryDirectory { folder in
            let account = try #require(SystemAccount.named("nobody"))
            let daemon = daemon(in: folder, "id -u; id -G; exec sleep 1000", account: account)
            try await using(daemon) {
                _ = try await daemon.adoptOrStart()
                #expect(await eventually { SmallFile.read(folder + "/log") == "\(account.user)\n\(account.group)\n" })
            }
            let finished = try await Command("id", ["-u"], account: account).run()
            #expect(finished.output == "\(account.user)\n")
        }
    }
}

extension String {
    /// Writes the text to a file, over what it held.
    fileprivate func write(to path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        try #require(file >= 0)
        defer { close(file) }
        try #require(Glibc.write(file, Array(utf8), utf8.count) == utf8.count)
    }
}
