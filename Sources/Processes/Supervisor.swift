public import Logging

/// Keeps a daemon running: adopts or starts it, looks whether it lives and is healthy, and starts it again with growing pauses.
/// When its task is cancelled the daemon is left running, for the next supervisor to adopt.
public actor Supervisor {
    /// How often is looked, and how long is waited.
    public struct Timing: Sendable {
        /// Between two looks at the process.
        public var interval: Duration = .milliseconds(200)
        /// Between two questions for its health.
        public var healthInterval: Duration = .seconds(10)
        /// That many unhealthy answers in a row have the daemon ended and started again.
        public var unhealthyLimit = 3
        /// The pause before another start when the last did not hold; it doubles each time.
        public var firstPause: Duration = .milliseconds(100)
        /// The longest pause.
        public var longestPause: Duration = .seconds(30)
        /// A daemon that has run this long is started again without a pause.
        public var stableAfter: Duration = .seconds(10)

        public init() {}
    }

    /// What a supervisor knows of its daemon.
    public enum State: Sendable, Hashable {
        case starting
        case running(pid: Int32)
        /// It ended or could not be started, with the reason; it is started again after a pause.
        case failed(String)
    }

    public private(set) var state = State.starting
    /// Starts by this supervisor after the first.
    public private(set) var restarts = 0

    private let daemon: Daemon
    private let timing: Timing
    private let isHealthy: (@Sendable () async -> Bool)?
    private let prepare: @Sendable () async throws -> Void
    private let logger: Logger

    /// - Parameters:
    ///   - isHealthy: asked each `healthInterval`; it has to bring its own time-out.
    ///   - prepare: runs before each start, for instance to test the configuration; a start whose preparation throws is tried again later.
    public init(
        daemon: Daemon, timing: Timing = Timing(), logger: Logger, isHealthy: (@Sendable () async -> Bool)? = nil,
        prepare: @escaping @Sendable () async throws -> Void = {}
    ) {
        self.daemon = daemon
        self.timing = timing
        self.logger = logger
        self.isHealthy = isHealthy
        self.prepare = prepare
    }

    /// Supervises until the task is cancelled.
    public func run() async {
        var pause = timing.firstPause
        var isFirst = true
        while !Task.isCancelled {
            let started = ContinuousClock.now
            do {
                state = .starting
                if !daemon.isRunning() {
                    try await prepare()
                    if !isFirst { restarts += 1 }
                }
                isFirst = false
                let pid = try await daemon.adoptOrStart()
                state = .running(pid: pid)
                logger.info("daemon is running", metadata: ["daemon": "\(daemon.name)", "pid": "\(pid)"])
                let reason = await watch()
                guard !Task.isCancelled else { return }
                state = .failed(reason)
            } catch {
                guard !Task.isCancelled else { return }
                state = .failed("\(error)")
            }
            isFirst = false
            logger.error("daemon ended and will be started again", metadata: ["daemon": "\(daemon.name)", "state": "\(state)"])
            if ContinuousClock.now - started > timing.stableAfter {
                // It has served well: no time is lost.
                pause = timing.firstPause
                continue
            }
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, timing.longestPause)
        }
    }

    /// Returns why the daemon has to be started again; also when the task is cancelled.
    private func watch() async -> String {
        var unhealthy = 0
        var nextHealthCheck = ContinuousClock.now + timing.healthInterval
        while true {
            do { try await Task.sleep(for: timing.interval) } catch { return "cancelled" }
            guard daemon.isRunning() else { return "the process ended" }
            guard let isHealthy, ContinuousClock.now >= nextHealthCheck else { continue }
            unhealthy = await isHealthy() ? 0 : unhealthy + 1
            nextHealthCheck = ContinuousClock.now + timing.healthInterval
            guard !Task.isCancelled else { return "cancelled" }
            if unhealthy >= timing.unhealthyLimit {
                daemon.kill()
                return "it was not healthy \(unhealthy) times in a row"
            }
        }
    }
}
