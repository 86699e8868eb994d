import Resources

/// What is remembered between two checks of one serving replica, and what a check leads to. Pure: time and results come in.
struct ReplicaWatch: Sendable {
    enum Action: Hashable, Sendable {
        case none
        /// The row's state changes, and with it perhaps the routes.
        case become(ReplicaState, message: String?)
        /// Start it again now.
        case restart
    }

    /// Checks that must fail in a row before a replica leaves the edge.
    static let patience = 3
    /// After this long without a crash, the count of restarts begins anew.
    static let forgiveness: Duration = .seconds(600)

    private(set) var state: ReplicaState
    private(set) var restarts: Int
    private var failures = 0
    private var restartAt: ContinuousClock.Instant?
    private var startedAt: ContinuousClock.Instant

    init(state: ReplicaState, restarts: Int, now: ContinuousClock.Instant) {
        self.state = state
        self.restarts = restarts
        startedAt = now
        if state == .restarting { restartAt = now }
    }

    mutating func succeeded(at now: ContinuousClock.Instant) -> Action {
        failures = 0
        if now - startedAt > Self.forgiveness { restarts = 0 }
        guard state != .healthy else { return .none }
        return become(.healthy, nil)
    }

    mutating func failed(_ reason: String) -> Action {
        failures += 1
        guard failures >= Self.patience, state == .healthy else { return .none }
        return become(.unhealthy, reason)
    }

    /// It ended. Whether it is started again is the policy's to say.
    mutating func exited(code: Int, outOfMemory: Bool, settings: ServiceSettings, at now: ContinuousClock.Instant) -> Action {
        guard ![.restarting, .crashed, .exited].contains(state) else { return .none }
        let reason = outOfMemory ? "it needed more memory than its limit and was killed" : "it ended with exit code \(code)"
        let wanted = settings.restartPolicy == .always || settings.restartPolicy == .onFailure && (code != 0 || outOfMemory)
        guard wanted else { return become(code == 0 ? .exited : .crashed, reason) }
        if now - startedAt > Self.forgiveness { restarts = 0 }
        guard settings.restartPolicy == .always || restarts < settings.restartPolicyMaxRetries else {
            return become(.crashed, "\(reason); it was started again \(restarts) times")
        }
        restartAt = now + Self.delay(beforeRestart: restarts)
        return become(.restarting, reason)
    }

    /// It ended for a reason that isn't its own.
    mutating func startedAgain(at now: ContinuousClock.Instant) -> Action {
        failures = 0
        startedAt = now
        state = .starting
        return .restart
    }

    /// Whether the time for a planned restart has come.
    mutating func due(at now: ContinuousClock.Instant) -> Action {
        guard state == .restarting, let restartAt, now >= restartAt else { return .none }
        self.restartAt = nil
        restarts += 1
        return startedAgain(at: now)
    }

    /// At once the first time, then 1, 2, 4 ... 60 s.
    static func delay(beforeRestart count: Int) -> Duration {
        count == 0 ? .zero : .seconds(min(60, 1 << min(count - 1, 6)))
    }

    private mutating func become(_ state: ReplicaState, _ message: String?) -> Action {
        self.state = state
        return .become(state, message: message)
    }
}
