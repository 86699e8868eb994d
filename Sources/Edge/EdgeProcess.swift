import Glibc
public import Logging
import Processes

/// nginx as a daemon that outlives the control plane: adopted when it runs already, started again within a second when it was
/// killed, reloaded only when its configuration or its Lua has changed.
public actor EdgeProcess {
    public nonisolated let configuration: EdgeConfiguration
    public nonisolated let control: EdgeControl

    private let daemon: Daemon
    private let folder: EdgeFolder
    private let logger: Logger

    /// - Throws: `EdgeError` for settings that break the rules.
    public init(configuration: EdgeConfiguration, logger: Logger) throws(EdgeError) {
        self.configuration = configuration
        self.logger = logger
        control = EdgeControl(socket: configuration.socket)
        folder = try EdgeFolder(configuration: configuration)
        _ = try configuration.rendered()
        daemon = Daemon(
            name: "edge",
            command: Command(configuration.program, ["-c", folder.configurationPath, "-e", configuration.folder + "/logs/error.log"]),
            pidFile: configuration.folder + "/run/daemon.pid", logFile: configuration.folder + "/logs/nginx.log")
    }

    /// Whether nginx's master runs.
    public nonisolated var isRunning: Bool {
        daemon.isRunning()
    }

    /// Returns when the edge answers with the present configuration.
    /// - Throws: `EdgeError`.
    public func start() async throws(EdgeError) {
        let rendered = try await prepare()
        if daemon.isRunning() {
            try await reloadIfChanged(rendered)
        } else {
            try await install(rendered)
            do {
                _ = try await daemon.adoptOrStart()
            } catch {
                throw EdgeError(.startFailed, error.message, hint: "install the package libnginx-mod-http-lua")
            }
        }
        try await waitUntilReady(rendered.digest)
    }

    /// Starts the edge, keeps it running and its logs in bounds until the task is cancelled; the edge goes on then.
    public func run() async {
        var timing = Supervisor.Timing()
        timing.interval = .milliseconds(200)
        timing.longestPause = .seconds(5)
        // An edge that serves is not ended because a busy machine let it answer late a few times.
        timing.unhealthyLimit = 6
        let supervisor = Supervisor(
            daemon: daemon, timing: timing, logger: logger, isHealthy: { [control] in await control.isAnswering() },
            prepare: { try await self.install(self.prepare()) })
        await withTaskGroup { group in
            group.addTask { await supervisor.run() }
            group.addTask { await self.rotateLogs() }
        }
    }

    /// Lets requests in progress end for at most `grace`, then stops the edge.
    /// - Parameter withReplicas: The replicas are stopped too. Their addresses don't hold after that: requests wait at the next start
    ///   until the new ones are known.
    public func stop(grace: Duration = .seconds(10), withReplicas: Bool = false) async {
        await daemon.stop(signal: SIGQUIT, grace: grace)
        if withReplicas { unlink(folder.bootPath) }
    }

    private func prepare() async throws(EdgeError) -> EdgeConfiguration.Rendered {
        let rendered = try configuration.rendered()
        try await folder.prepare(fallbackNames: configuration.fallbackNames)
        return rendered
    }

    /// Tests the new configuration and puts it in its place. The edge doesn't run now.
    private func install(_ rendered: EdgeConfiguration.Rendered) async throws(EdgeError) {
        try folder.write(rendered.settings, to: folder.settingsPath)
        // One that was killed leaves its socket, and nginx doesn't bind over it.
        unlink(configuration.socket)
        try await test(rendered)
        try folder.write(rendered.configuration, to: folder.configurationPath)
    }

    /// A new configuration or new Lua is the one reason for a reload: open connections are kept, idle ones are closed.
    private func reloadIfChanged(_ rendered: EdgeConfiguration.Rendered) async throws(EdgeError) {
        guard let running = try? await control.status(), running.digest != rendered.digest else { return }
        try await test(rendered)
        try folder.write(rendered.configuration, to: folder.configurationPath)
        try folder.write(rendered.settings, to: folder.settingsPath)
        logger.notice("the edge's configuration has changed and is reloaded", metadata: ["digest": "\(rendered.digest)"])
        do {
            try daemon.send(signal: SIGHUP)
        } catch {
            throw EdgeError(.startFailed, error.message)
        }
    }

    private func test(_ rendered: EdgeConfiguration.Rendered) async throws(EdgeError) {
        let draft = folder.configurationPath + ".test"
        try folder.write(rendered.configuration, to: draft)
        defer { unlink(draft) }
        let finished: Finished
        do {
            finished = try await Command(
                configuration.program, ["-t", "-q", "-c", draft, "-e", configuration.folder + "/logs/error.log"]
            ).run(limit: 64 << 10, timeout: .seconds(60))
        } catch {
            throw EdgeError(.startFailed, error.message, hint: "install the packages nginx and libnginx-mod-http-lua")
        }
        guard finished.isSuccess else {
            throw EdgeError(.startFailed, "nginx refuses its configuration: \(finished.errorOutput.suffix(1000))")
        }
    }

    private func waitUntilReady(_ digest: String) async throws(EdgeError) {
        let end = ContinuousClock.now + .seconds(15)
        while ContinuousClock.now < end {
            if await control.isAnswering(), let status = try? await control.status(), status.digest == digest { return }
            // nginx gives up after it has tried its ports for some time.
            guard daemon.isRunning() else { break }
            do { try await Task.sleep(for: .milliseconds(10)) } catch { break }
        }
        throw EdgeError(
            .startFailed, "the edge did not answer on \(configuration.socket) in time",
            hint: "\(configuration.folder)/logs/error.log says why; a port that is in use already is the most common reason")
    }

    private func rotateLogs() async {
        let logs = configuration.folder + "/logs/"
        let rotation = RequestLogRotation(
            files: [configuration.requestLog, logs + "error.log"], limit: configuration.logLimit, kept: configuration.keptLogs)
        while !Task.isCancelled {
            if rotation.rotate() { try? daemon.send(signal: SIGUSR1) }
            try? await Task.sleep(for: .seconds(2))
        }
    }
}
