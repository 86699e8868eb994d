import CLinux
public import Glibc

/// A program that outlives this process: it runs in a session of its own, and is found again by its pid file, which holds its
/// pid, start time and the machine's boot id, so that a reused pid is never taken for it.
public struct Daemon: Sendable {
    public let name: String
    public let command: Command
    public let pidFile: String
    /// Takes standard output and standard error; moved aside to `<logFile>.1` when it has grown over 8 MiB at a start.
    public let logFile: String

    public init(name: String, command: Command, pidFile: String, logFile: String) {
        self.name = name
        self.command = command
        self.pidFile = pidFile
        self.logFile = logFile
    }

    /// The pid of the running daemon; nil when it doesn't run.
    public var runningPid: Int32? {
        identity.flatMap { $0.isRunning ? $0.pid : nil }
    }

    /// Whether the daemon's main process runs.
    public func isRunning() -> Bool {
        runningPid != nil
    }

    /// Finds the running daemon, or starts it after ending what is left of its process group. Two callers at once, in any
    /// process, start it once.
    /// - Returns: the pid of its main process.
    /// - Throws: `ProcessError`.
    public func adoptOrStart() async throws(ProcessError) -> Int32 {
        try command.validate()
        let lock = try await FileLock.acquire(pidFile + ".lock")
        defer { lock.release() }
        if let pid = runningPid { return pid }
        // A master that was killed leaves workers that hold its ports.
        if let identity {
            kill()
            await waitForEnd(within: .seconds(5)) { !identity.isRunning && identity.livingGroup().isEmpty }
        }
        return try start()
    }

    /// Asks the main process to end and waits for it up to `grace`; what is left of its group then is ended by SIGKILL.
    public func stop(signal: Int32 = SIGTERM, grace: Duration = .seconds(10)) async {
        guard let identity else { return }
        if identity.isRunning {
            Glibc.kill(identity.pid, signal)
            await waitForEnd(within: grace) { !identity.isRunning }
        }
        kill()
        await waitForEnd(within: .seconds(5)) { !identity.isRunning && identity.livingGroup().isEmpty }
        if self.identity == identity { unlink(pidFile) }
    }

    /// Ends the main process and its whole process group at once, without waiting for them.
    public func kill() {
        guard let identity, !identity.livingGroup().isEmpty else { return }
        Glibc.kill(-identity.pid, SIGKILL)
    }

    /// Sends a signal to the main process, such as SIGHUP or SIGUSR1.
    /// - Throws: `ProcessError` when it doesn't run.
    public func send(signal: Int32) throws(ProcessError) {
        guard let pid = runningPid, Glibc.kill(pid, signal) == 0 else {
            throw ProcessError(.controlFailed, "\(name) doesn't run, so signal \(signal) could not be sent")
        }
    }

    private var identity: ProcessIdentity? {
        SmallFile.read(pidFile).flatMap { ProcessIdentity(pidFile: $0) }
    }

    /// Returns also when the time is over, or the task is cancelled.
    private func waitForEnd(within limit: Duration, _ hasEnded: () -> Bool) async {
        let end = ContinuousClock.now + limit
        var pause = Duration.milliseconds(2)
        while !hasEnded(), ContinuousClock.now < end {
            do { try await Task.sleep(for: pause) } catch { return }
            pause = min(pause * 2, .milliseconds(50))
        }
    }

    private func start() throws(ProcessError) -> Int32 {
        let output = try LogFile.open(logFile)
        defer { close(output) }
        let path = try ExecutablePath.find(command.executable, path: command.environment?["PATH"])
        var pid: pid_t = 0
        let failure = withCStrings([path] + command.arguments) { arguments in
            withEnvironment { environment in
                path.withCString { path in
                    pidFile.withCString { pidFile in
                        "\(self.pidFile).new".withCString { draft in
                            ProcessIdentity.currentBoot.withCString { boot in
                                withOptionalCString(command.directory) { directory in
                                    var daemon = clinux_daemon(
                                        path: path, arguments: arguments, environment: environment, directory: directory, output: output,
                                        user: command.account?.user ?? .max, group: command.account?.group ?? .max, pid_file: pidFile,
                                        pid_file_draft: draft, boot_id: boot)
                                    return clinux_start_daemon(&daemon, &pid)
                                }
                            }
                        }
                    }
                }
            }
        }
        guard failure == 0 else {
            throw ProcessError(
                failure == ENOENT ? .notFound : .spawnFailed, "\(name) (\(path)) could not be started: \(systemMessage(failure))")
        }
        return pid
    }

    private func withEnvironment<Value>(_ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>?) -> Value) -> Value {
        guard let environment = command.environment else { return body(environ) }
        return withCStrings(environment.map { "\($0.key)=\($0.value)" }, body)
    }
}
