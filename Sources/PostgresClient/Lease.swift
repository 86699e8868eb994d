/// The exclusive use of a connection, from its grant to its end.
///
/// `@unchecked Sendable`: `pool` never changes; the rest is touched by the loop's thread only.
final class Lease: @unchecked Sendable {
    static let ended = PostgresError(sqlState: "25000", message: "the transaction or session has ended; its closure returned before")

    let pool: LeasePool
    var connection: Connection?
    /// Why `connection` is gone.
    var loss: PostgresError?
    var isEnded = false

    init(pool: LeasePool, connection: Connection) {
        self.pool = pool
        self.connection = connection
    }

    /// Runs a request; the task's cancellation ends the wait at once, and the connection is put in order when the lease ends.
    func run(_ work: Request.Work) async throws -> [[Row]] {
        let request = Request(work)
        let isTaken = pool.loop.submit {
            if self.isEnded {
                request.promise.settle(.failure(Self.ended))
            } else if let connection = self.connection {
                connection.run(request)
            } else {
                request.promise.settle(.failure(self.loss ?? .clientClosed))
            }
        }
        guard isTaken else { throw PostgresError.clientClosed }
        return try await request.promise.value()
    }

    /// Ends the lease, after COMMIT if there is a block. Returns when the server has answered, also in a cancelled task: a commit must not be
    /// left in doubt.
    func commit() async throws {
        try await end(committing: true)
    }

    /// Ends the lease, after ROLLBACK if there is a block. What is still under way is cancelled on the server and not waited for.
    func rollBack() async {
        // A rollback that fails means that the connection is gone, and the block with it.
        try? await end(committing: false)
    }

    private func end(committing: Bool) async throws {
        let promise = Promise<Void>()
        guard pool.loop.submit({ self.pool.end(self, committing: committing, promise) }) else { throw PostgresError.clientClosed }
        try await promise.valueEvenIfCancelled()
    }
}
