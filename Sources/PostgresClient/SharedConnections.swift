internal import Logging

/// The few connections that all single statements go through, many under way on each.
///
/// `@unchecked Sendable`: touched by the loop's thread only.
final class SharedConnections: @unchecked Sendable {
    /// So many requests under way on the least busy connection make it worth to open another.
    private static let busyLoad = 4

    private let opener: ConnectionOpener
    private let maximum: Int
    private var ready: [Connection] = []
    private var isOpening = false
    private var isWaitingToOpen = false
    private var queue = FirstInFirstOut<Request>()
    private var isClosed = false

    init(opener: ConnectionOpener, maximum: Int) {
        self.opener = opener
        self.maximum = max(1, maximum)
    }

    func run(_ request: Request) {
        guard !isClosed else {
            request.promise.settle(.failure(PostgresError.clientClosed))
            return
        }
        queue.append(request)
        dispatch()
    }

    func close() {
        isClosed = true
        for request in queue.removeAll() { request.promise.settle(.failure(PostgresError.clientClosed)) }
        for connection in ready { connection.lose(.clientClosed) }
    }

    private func dispatch() {
        while let request = queue.first {
            if request.promise.isOver {
                _ = queue.popFirst()
                continue
            }
            guard let connection = leastBusy, connection.load < Connection.maximumDepth else { break }
            _ = queue.popFirst()
            connection.run(request)
        }
        openIfWorthIt()
    }

    private var leastBusy: Connection? {
        ready.min { $0.load < $1.load }
    }

    private func openIfWorthIt() {
        guard !isClosed, !isOpening, ready.count < maximum else { return }
        guard !queue.isEmpty || (leastBusy?.load ?? 0) >= Self.busyLoad else { return }
        switch opener.advice {
        case .connect:
            isOpening = true
            opener.open(for: self) { self.opened($0) }
        case .wait(let delay):
            guard !isWaitingToOpen else { return }
            isWaitingToOpen = true
            opener.loop.schedule(after: delay) {
                self.isWaitingToOpen = false
                self.dispatch()
            }
        case .giveUp(let error):
            guard ready.isEmpty else { return }
            for request in queue.removeAll() { request.promise.settle(.failure(error)) }
        }
    }

    private func opened(_ outcome: ConnectionOpener.Outcome) {
        isOpening = false
        if case .success(let connection) = outcome {
            guard !isClosed else { return connection.close() }
            ready.append(connection)
        }
        dispatch()
    }
}

extension SharedConnections: Connection.Owner {
    func connectionHasRoom(_ connection: Connection) {
        dispatch()
    }

    func connection(_ connection: Connection, lostBy error: PostgresError) {
        ready.removeAll { $0 === connection }
        guard !isClosed else { return }
        opener.logger.warning("a shared connection to PostgreSQL was lost", metadata: ["error": "\(error)"])
        dispatch()
    }

    func connection(_ connection: Connection, received notification: Notification) {}
}
