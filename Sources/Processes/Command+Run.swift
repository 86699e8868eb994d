import Glibc
import Subprocess
import SystemPackage

extension Command {
    /// Runs the program to its end and keeps what it writes, up to `limit` bytes of each stream (the rest is read and dropped).
    /// When `timeout` has passed, or the task is cancelled, the program's whole process group is asked to end (SIGTERM) and
    /// ended after 5 s (SIGKILL).
    /// - Throws: `ProcessError`; a program that ends with a code other than 0 is not an error.
    public func run(limit: Int = 1 << 20, timeout: Duration? = nil) async throws(ProcessError) -> Finished {
        try await withDeadline(timeout) { () async throws(ProcessError) -> Finished in
            let (exit, kept) = try await execute { output, error in
                async let kept = Self.collect(output, limit: limit)
                async let errorKept = Self.collect(error, limit: limit)
                return try await (kept, errorKept)
            }
            return Finished(
                exit: exit, output: String(decoding: kept.0.bytes, as: UTF8.self),
                errorOutput: String(decoding: kept.1.bytes, as: UTF8.self),
                isTruncated: kept.0.isTruncated || kept.1.isTruncated)
        }
    }

    /// Runs the program to its end and hands over each line as it is written: those of one stream in order and one at a time,
    /// the two streams beside each other. A slow `onLine` slows the program down. Time-out and cancellation as in `run`.
    /// - Throws: `ProcessError`.
    public func stream(timeout: Duration? = nil, onLine: @escaping @Sendable (OutputLine) async -> Void) async throws(ProcessError) -> Exit
    {
        try await withDeadline(timeout) { () async throws(ProcessError) -> Exit in
            try await execute { output, error in
                async let first: Void = Self.splitLines(of: output, as: .output, onLine)
                async let second: Void = Self.splitLines(of: error, as: .error, onLine)
                _ = try await (first, second)
            }.exit
        }
    }

    private struct Kept {
        var bytes: [UInt8] = []
        var isTruncated = false
    }

    private static func collect(_ output: SubprocessOutputSequence, limit: Int) async throws -> Kept {
        var kept = Kept()
        for try await buffer in output {
            buffer.withUnsafeBytes { bytes in
                let room = max(0, limit - kept.bytes.count)
                kept.bytes.append(contentsOf: bytes.prefix(room))
                if bytes.count > room { kept.isTruncated = true }
            }
        }
        return kept
    }

    private static func splitLines(
        of output: SubprocessOutputSequence, as stream: OutputLine.Stream, _ onLine: @Sendable (OutputLine) async -> Void
    ) async throws {
        var splitter = LineSplitter()
        for try await buffer in output {
            for line in buffer.withUnsafeBytes({ splitter.append($0) }) {
                await onLine(OutputLine(stream: stream, text: line))
            }
        }
        if let line = splitter.finish() {
            await onLine(OutputLine(stream: stream, text: line))
        }
    }

    private func execute<Value: Sendable>(
        _ body: (SubprocessOutputSequence, SubprocessOutputSequence) async throws -> Value
    ) async throws(ProcessError) -> (exit: Exit, value: Value) {
        try validate()
        do {
            let result = try await Subprocess.run(configuration(), input: .none, output: .sequence, error: .sequence) { execution in
                try await body(execution.standardOutput, execution.standardError)
            }
            if Task.isCancelled {
                // The leader has ended, but what it started may have ignored SIGTERM.
                kill(-result.processIdentifier.value, SIGKILL)
                throw ProcessError(.cancelled, "\(executable) was ended because its task was cancelled")
            }
            let exit: Exit =
                switch result.terminationStatus {
                case .exited(let code): .exited(Int(code))
                case .signaled(let signal): .signaled(Int(signal))
                }
            return (exit, result.closureResult)
        } catch let error as ProcessError {
            throw error
        } catch let error as SubprocessError {
            if Task.isCancelled { throw ProcessError(.cancelled, "\(executable) was ended because its task was cancelled") }
            throw ProcessError(error.code == .executableNotFound ? .notFound : .spawnFailed, "\(executable): \(error)")
        } catch {
            if Task.isCancelled { throw ProcessError(.cancelled, "\(executable) was ended because its task was cancelled") }
            throw ProcessError(.spawnFailed, "\(executable): \(error)")
        }
    }

    private func configuration() throws(ProcessError) -> Configuration {
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(5))]
        let (program, arguments) = try programOfAccount()
        return Configuration(
            executable: program.contains("/") ? .path(FilePath(program)) : .name(program),
            arguments: Arguments(arguments),
            // As C strings: each ends with a NUL.
            environment: environment.map { .custom($0.map { Array("\($0.key)=\($0.value)\0".utf8) }) } ?? .inherit,
            workingDirectory: directory.map { FilePath($0) },
            platformOptions: options)
    }

    /// Another account's program is started by util-linux's setpriv(1). swift-subprocess changes the user between a raw
    /// `clone3` and `exec`, where glibc waits for ever for a thread that was just being made at the fork.
    private func programOfAccount() throws(ProcessError) -> (String, [String]) {
        guard let account else { return (executable, arguments) }
        let path = try ExecutablePath.find(executable, path: environment?["PATH"])
        let options = ["--reuid=\(account.user)", "--regid=\(account.group)", "--clear-groups", "--"]
        return (try ExecutablePath.find("setpriv", path: nil), options + [path] + arguments)
    }
}
