// PostgresClient talks to a PostgreSQL server through libpq: one thread that waits for all sockets, a few shared connections on which
// single statements are pipelined, and leased connections for transactions, sessions and COPY. It owns connections, statements' encoding and
// errors. It must not know what is stored, nor anything of the program that uses it.

public import Logging

/// A client of one database. Connections are opened when they are needed, and opened anew when they were lost.
public final class PostgresClient: Sendable {
    public struct Configuration: Sendable {
        /// `postgresql://...` or `key=value ...`, as libpq takes it.
        public var connectionString: String
        /// How many connections carry the single statements.
        public var pipelinedConnections: Int
        /// How many transactions and sessions can be open at once; more wait.
        public var maximumLeases: Int
        /// How long a transaction or session waits for a connection before it fails (53300).
        public var leasePatience = Duration.seconds(30)
        /// How long after the server was first found unreachable statements still wait for its return; then they fail at once.
        public var outagePatience = Duration.seconds(5)

        public init(connectionString: String, pipelinedConnections: Int = 2, maximumLeases: Int = 16) {
            self.connectionString = connectionString
            self.pipelinedConnections = pipelinedConnections
            self.maximumLeases = maximumLeases
        }
    }

    let loop: PostgresLoop
    let pool: ConnectionPool

    /// Does not connect yet.
    public init(configuration: Configuration, logger: Logger) {
        loop = PostgresLoop()
        pool = ConnectionPool(configuration: configuration, loop: loop, logger: logger)
    }

    deinit {
        loop.submit { [pool] in pool.close() }
        loop.stop()
    }

    /// Runs one statement on a shared connection, in a transaction of its own. A slow statement holds up those behind it: give it a session.
    ///
    /// When the task is cancelled it throws CancellationError at once; the statement may still be carried out.
    @discardableResult
    public func query(_ sql: SQL) async throws -> [Row] {
        try await run([BoundStatement(sql)]).first ?? []
    }

    /// Runs statements in one round trip and one transaction: when one fails, none has happened.
    public func batch(_ statements: [SQL]) async throws -> [[Row]] {
        guard !statements.isEmpty else { return [] }
        return try await run(statements.map { sql throws(PostgresError) in try BoundStatement(sql) })
    }

    /// Lends a connection to `body` inside a transaction: COMMIT when it returns, ROLLBACK when it throws. When a statement failed and `body`
    /// kept the error to itself, the transaction is rolled back and this throws (25P02).
    public func transaction<T: Sendable>(_ body: @Sendable (Transaction) async throws -> T) async throws -> T {
        try await withLease(wantsBlock: true, body)
    }

    /// Lends a connection to `body` without a transaction: for advisory locks, and what cannot run inside a transaction. What `body` leaves
    /// behind in the session (settings, locks, an open transaction) is undone.
    public func withSession<T: Sendable>(_ body: @Sendable (Transaction) async throws -> T) async throws -> T {
        try await withLease(wantsBlock: false, body)
    }

    /// Listens on channels, on a connection of its own, until the stream's reader ends. A notification with an empty channel is given whenever
    /// listening has begun, at first and after each loss of the connection: what was sent before has been missed.
    public func notifications(on channels: [String]) -> AsyncStream<Notification> {
        AsyncStream(bufferingPolicy: .bufferingNewest(4096)) { continuation in
            guard let listener = pool.listener(on: channels, continuation) else { return continuation.finish() }
            continuation.onTermination = { [loop, pool] _ in
                loop.submit { pool.stop(listener) }
            }
            if !loop.submit({ [pool] in pool.start(listener) }) { continuation.finish() }
        }
    }

    /// Closes all connections. What is under way or waits fails, and so does each later call.
    public func close() async {
        let promise = Promise<Void>()
        let isTaken = loop.submit { [pool] in
            pool.close()
            promise.settle(.success(()))
        }
        guard isTaken else { return }
        loop.stop()
        try? await promise.valueEvenIfCancelled()
    }

    private func run(_ statements: [BoundStatement]) async throws -> [[Row]] {
        let request = Request(.statements(statements))
        guard loop.submit({ [pool] in pool.shared.run(request) }) else { throw PostgresError.clientClosed }
        return try await request.promise.value()
    }

    private func withLease<T: Sendable>(wantsBlock: Bool, _ body: @Sendable (Transaction) async throws -> T) async throws -> T {
        let lease = try await pool.leases.acquire(wantsBlock: wantsBlock)
        let value: T
        do {
            value = try await body(Transaction(lease: lease))
        } catch {
            await lease.rollBack()
            throw error
        }
        try await lease.commit()
        return value
    }
}
