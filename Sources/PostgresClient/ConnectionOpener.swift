internal import Logging

/// Opens connections for the pool, each on a thread of its own, and remembers whether the server can be reached.
///
/// `@unchecked Sendable`: touched by the loop's thread only; `connector` never changes.
final class ConnectionOpener: @unchecked Sendable {
    typealias Outcome = Result<Connection, PostgresError>

    private struct Attempt {
        let owner: any Connection.Owner
        let done: (Outcome) -> Void
    }

    let loop: PostgresLoop
    let logger: Logger
    private let connector: Connector
    private var reachability: Reachability
    private var attempts: [Int: Attempt] = [:]
    private var lastAttempt = 0

    init(loop: PostgresLoop, connector: Connector, patience: Duration, logger: Logger) {
        self.loop = loop
        self.connector = connector
        self.logger = logger
        reachability = Reachability(patience: patience)
    }

    var advice: Reachability.Advice { reachability.advice() }

    /// Opens one; `done` is called on the loop's thread, never before this returns.
    func open(for owner: any Connection.Owner, _ done: @escaping (Outcome) -> Void) {
        lastAttempt += 1
        let number = lastAttempt
        attempts[number] = Attempt(owner: owner, done: done)
        let isStarted = BackgroundThread.start { [loop, connector] in
            let result = connector.connect()
            let isDelivered = loop.submit { self.finish(number, result) }
            if !isDelivered, case .success(let opened) = result { opened.discard() }
        }
        if !isStarted {
            loop.submit {
                self.finish(number, .failure(PostgresError(message: "no thread left to open a connection", isConnectionLoss: true)))
            }
        }
    }

    private func finish(_ number: Int, _ result: Result<OpenedConnection, PostgresError>) {
        guard let attempt = attempts.removeValue(forKey: number) else { return }
        switch result {
        case .success(let opened):
            guard let connection = Connection(opened, loop: loop, owner: attempt.owner) else {
                return fail(attempt, PostgresError(message: "the new connection cannot be used", isConnectionLoss: true))
            }
            reachability.connected()
            attempt.done(.success(connection))
        case .failure(let error):
            fail(attempt, error)
        }
    }

    private func fail(_ attempt: Attempt, _ error: PostgresError) {
        reachability.failed(error)
        logger.warning("cannot connect to PostgreSQL", metadata: ["error": "\(error)"])
        attempt.done(.failure(error))
    }
}
