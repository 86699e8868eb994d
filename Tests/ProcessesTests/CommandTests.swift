import Glibc
import Processes
import Synchronization
import Testing

@Suite struct CommandTests {
    @Test("arguments reach the program as they are, whatever characters they hold")
    func argumentsArePassedVerbatim() async throws {
        let argument = "a b;$(id)`id`'\"\n*?\\ -x é"
        let finished = try await Command("/usr/bin/printf", ["%s|%s", argument, "--"]).run()
        #expect(finished.isSuccess)
        #expect(finished.output == argument + "|--")
    }

    @Test("both outputs, the exit code and the given environment and folder are there")
    func capturesEverything() async throws {
        let command = Command(
            "/bin/sh", ["-c", "echo out $NAME; pwd; echo err >&2; exit 7"], environment: ["NAME": "value"], directory: "/usr/bin")
        let finished = try await command.run()
        #expect(finished.exit == .exited(7))
        #expect(finished.output == "out value\n/usr/bin\n")
        #expect(finished.errorOutput == "err\n")
        #expect(!finished.isTruncated)
    }

    @Test("output over the limit is dropped and the program still ends by itself")
    func truncates() async throws {
        let finished = try await Command("head", ["-c", "5000000", "/dev/zero"]).run(limit: 1000)
        #expect(finished.isSuccess)
        #expect(finished.output.utf8.count == 1000)
        #expect(finished.isTruncated)
    }

    @Test("what a program wrote before its end is read in full by a slow reader")
    func slowReaderLosesNothing() async throws {
        let count = Mutex(0)
        _ = try await Command("seq", ["1", "20000"]).stream { line in
            if line.text == "1" { try? await Task.sleep(for: .milliseconds(300)) }
            count.withLock { $0 += 1 }
        }
        #expect(count.withLock { $0 } == 20000)
    }

    @Test("a missing program is said to be missing")
    func missingProgram() async {
        await #expect { try await Command("/nowhere/program", []).run() } throws: { ($0 as? ProcessError)?.code == .notFound }
        await #expect { try await Command("no-such-program-here", []).run() } throws: { ($0 as? ProcessError)?.code == .notFound }
    }

    @Test(
        "a NUL in an argument or a bad environment name is refused",
        arguments: [
            Command("/bin/echo", ["a\0b"]), Command("/bin/echo", [], environment: ["A=B": "c"]), Command("", []),
            Command("/bin/echo", [], environment: ["": "c"]), Command("/bin/echo", [], directory: "/tmp\0/x"),
        ])
    func refusesWhatTheKernelWouldCut(command: Command) async {
        await #expect { try await command.run() } throws: { ($0 as? ProcessError)?.code == .invalid }
    }

    @Test("a time-out ends the whole process group")
    func timeOut() async throws {
        try await withTemporaryDirectory { folder in
            let command = Command("/bin/sh", ["-c", "sleep 1000 & echo $! > \(folder)/pid; wait"])
            await #expect { try await command.run(timeout: .milliseconds(300)) } throws: { ($0 as? ProcessError)?.code == .timedOut }
            let text = try await Command("/bin/cat", ["\(folder)/pid"]).run().output
            let grandchild = try #require(Int32(text.dropLast()))
            #expect(await eventually { !isAlive(grandchild) })
        }
    }

    @Test("cancelling ends the program, and those of its group that ignore SIGTERM")
    func cancellation() async throws {
        try await withTemporaryDirectory { folder in
            let lines = AsyncStream.makeStream(of: String.self)
            let script = "(trap '' TERM; sleep 1000) & echo $!; wait"
            let task = Task {
                try await Command("/bin/sh", ["-c", script]).stream { lines.continuation.yield($0.text) }
            }
            var iterator = lines.stream.makeAsyncIterator()
            let grandchild = try #require(Int32(await iterator.next() ?? ""))
            task.cancel()
            await #expect { try await task.value } throws: { ($0 as? ProcessError)?.code == .cancelled }
            #expect(await eventually { !isAlive(grandchild) })
        }
    }

    @Test("lines of each stream come in order, the last also without a line end")
    func linesInOrder() async throws {
        let lines = Mutex<[OutputLine]>([])
        let script = "for i in 1 2 3; do echo out $i; echo err $i >&2; done; printf last"
        let exit = try await Command("/bin/sh", ["-c", script]).stream { line in lines.withLock { $0.append(line) } }
        #expect(exit.isSuccess)
        let all = lines.withLock { $0 }
        #expect(all.filter { $0.stream == .output }.map(\.text) == ["out 1", "out 2", "out 3", "last"])
        #expect(all.filter { $0.stream == .error }.map(\.text) == ["err 1", "err 2", "err 3"])
    }

    @Test("a grandchild that keeps the output open does not hold up the end")
    func inheritedPipe() async throws {
        let began = ContinuousClock.now
        let finished = try await Command("/bin/sh", ["-c", "sleep 30 & echo $!"]).run()
        #expect(ContinuousClock.now - began < .seconds(5))
        let grandchild = try #require(Int32(finished.output.dropLast()))
        kill(grandchild, SIGKILL)
    }

    @Test("a signal that ended the program is told")
    func signaled() async throws {
        #expect(try await Command("/bin/sh", ["-c", "kill -SEGV $$"]).run().exit == .signaled(11))
    }

    private func isAlive(_ pid: Int32) -> Bool {
        kill(pid, 0) == 0
    }
}
