internal import Logging

/// The connections that are lent to one caller at a time. Who waits longest is served first.
///
/// `@unchecked Sendable`: `loop` never changes; the rest is touched by the loop's thread only.
final class LeasePool: @unchecked Sendable {
    struct Waiter {
        let promise: Promise<Lease>
        let wantsBlock: Bool
        let deadline: ContinuousClock.Instant
    }

    private struct Idle {
        let connection: Connection
        let since: ContinuousClock.Instant
    }

    private static let maximumIdleTime = Duration.seconds(60)

    let loop: PostgresLoop
    private let opener: ConnectionOpener
    private let maximum: Int
    /// How long a caller waits for a connection.
    private let patience: Duration
    private var idle: [Idle] = []
    /// Lent, or being put in order after it.
    var lent: [ObjectIdentifier: Lease] = [:]
    private var opening = 0
    private(set) var waiters = FirstInFirstOut<Waiter>()
    private var isWaitingToOpen = false
    private var isWatchingDeadline = false
    private var isWatchingIdle = false
    private var isClosed = false

    init(opener: ConnectionOpener, maximum: Int, patience: Duration) {
        self.opener = opener
        self.maximum = max(1, maximum)
        self.patience = patience
        loop = opener.loop
    }

    func acquire(wantsBlock: Bool) async throws -> Lease {
        let promise = Promise<Lease>()
        let isTaken = loop.submit {
            guard !self.isClosed else {
                promise.settle(.failure(PostgresError.clientClosed))
                return
            }
            self.waiters.append(Waiter(promise: promise, wantsBlock: wantsBlock, deadline: .now + self.patience))
            self.serve()
        }
        guard isTaken else { throw PostgresError.clientClosed }
        return try await promise.value()
    }

    func close() {
        isClosed = true
        while let waiter = waiters.popFirst() { waiter.promise.settle(.failure(PostgresError.clientClosed)) }
        for lease in lent.values { lease.connection?.lose(.clientClosed) }
        for idle in idle { idle.connection.close() }
        idle = []
    }

    /// The connection is in order again, and free.
    func takeBack(_ connection: Connection) {
        guard lent.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
        guard !isClosed else { return connection.close() }
        idle.append(Idle(connection: connection, since: .now))
        watchIdle()
        serve()
    }

    /// The connection is gone, or cannot be put in order.
    func discard(_ connection: Connection, _ error: PostgresError) {
        connection.close()
        idle.removeAll { $0.connection === connection }
        if let lease = lent.removeValue(forKey: ObjectIdentifier(connection)) {
            lease.loss = error
            lease.connection = nil
        }
        guard !isClosed else { return }
        serve()
    }

    private func serve() {
        while let waiter = waiters.first {
            if waiter.promise.isOver {
                _ = waiters.popFirst()
                continue
            }
            guard let free = idle.popLast() else { break }
            _ = waiters.popFirst()
            let connection = free.connection
            connection.block = waiter.wantsBlock ? .wanted : .free
            connection.hasSessionTraces = !waiter.wantsBlock
            let lease = Lease(pool: self, connection: connection)
            if waiter.promise.settle(.success(lease)) {
                lent[ObjectIdentifier(connection)] = lease
            } else {
                idle.append(free)
            }
        }
        openMissing()
        watchDeadline()
    }

    private func openMissing() {
        while opening < waiters.count, opening + lent.count + idle.count < maximum {
            switch opener.advice {
            case .connect:
                opening += 1
                opener.open(for: self) { self.opened($0) }
            case .wait(let delay):
                guard !isWaitingToOpen else { return }
                isWaitingToOpen = true
                loop.schedule(after: delay) {
                    self.isWaitingToOpen = false
                    self.serve()
                }
                return
            case .giveUp(let error):
                // Those who have a connection will give it back; without any there is nothing to wait for.
                guard lent.isEmpty, opening == 0 else { return }
                while let waiter = waiters.popFirst() { waiter.promise.settle(.failure(error)) }
                return
            }
        }
    }

    private func opened(_ outcome: ConnectionOpener.Outcome) {
        opening -= 1
        if case .success(let connection) = outcome {
            guard !isClosed else { return connection.close() }
            idle.append(Idle(connection: connection, since: .now))
            watchIdle()
        }
        serve()
    }

    private func watchDeadline() {
        guard !isWatchingDeadline, let first = waiters.first else { return }
        isWatchingDeadline = true
        loop.schedule(after: first.deadline - .now) {
            self.isWatchingDeadline = false
            while let waiter = self.waiters.first, waiter.promise.isOver || waiter.deadline <= .now {
                _ = self.waiters.popFirst()
                waiter.promise.settle(.failure(self.exhausted))
            }
            self.serve()
        }
    }

    private var exhausted: PostgresError {
        PostgresError(
            sqlState: "53300",
            message: "no connection became free within \(patience): \(lent.count) of at most \(maximum) are lent",
            hint: "transactions may be held open for too long, or one waits for another inside its closure")
    }

    private func watchIdle() {
        guard !isWatchingIdle, idle.count > 1 else { return }
        isWatchingIdle = true
        loop.schedule(after: Self.maximumIdleTime) {
            self.isWatchingIdle = false
            // The first are the ones that have been idle for longest, because the last is lent first. One stays.
            while self.idle.count > 1, let oldest = self.idle.first, oldest.since + Self.maximumIdleTime <= .now {
                self.idle.removeFirst()
                oldest.connection.close()
            }
            self.watchIdle()
        }
    }
}

extension LeasePool: Connection.Owner {
    func connectionHasRoom(_ connection: Connection) {}

    func connection(_ connection: Connection, lostBy error: PostgresError) {
        discard(connection, error)
    }

    func connection(_ connection: Connection, received notification: Notification) {}
}
