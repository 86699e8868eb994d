/// What is known about reaching the server: when to try again, and when to stop making callers wait.
struct Reachability {
    enum Advice: Equatable {
        case connect
        case wait(Duration)
        /// Callers get this error now; the next one may try again a little later.
        case giveUp(PostgresError)
    }

    private struct Outage {
        let since: ContinuousClock.Instant
        var error: PostgresError
        var failures: Int
        var nextAttempt: ContinuousClock.Instant
    }

    /// So long after an outage began, callers still wait for its end: a restart of the server is not noticed but by its length.
    private let patience: Duration
    private var outage: Outage?

    init(patience: Duration) {
        self.patience = patience
    }

    mutating func connected() {
        outage = nil
    }

    mutating func failed(_ error: PostgresError, at now: ContinuousClock.Instant = .now) {
        let failures = (outage?.failures ?? 0) + 1
        let backOff = Duration.milliseconds(min(25 << min(failures, 6), 1000))
        outage = Outage(since: outage?.since ?? now, error: error, failures: failures, nextAttempt: now + backOff)
    }

    func advice(at now: ContinuousClock.Instant = .now) -> Advice {
        guard let outage, now < outage.nextAttempt else { return .connect }
        if Self.isLasting(outage.error) || now - outage.since >= patience { return .giveUp(outage.error) }
        return .wait(outage.nextAttempt - now)
    }

    /// The server answered, and refused for a reason that waiting does not mend: a wrong password, a database that does not exist.
    static func isLasting(_ error: PostgresError) -> Bool {
        guard error.isConnectionLoss else { return true }
        guard error.message.contains("FATAL:") else { return false }
        let passing = ["starting up", "shutting down", "recovery", "too many", "remaining connection slots", "not accepting connections"]
        return !passing.contains { error.message.contains($0) }
    }
}
