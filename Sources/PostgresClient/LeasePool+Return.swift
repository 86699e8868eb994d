internal import CPostgres

/// The right to ask the server to stop what a connection does.
///
/// `@unchecked Sendable`: a copy of what the server needs, used by one thread.
private struct CancelRequest: @unchecked Sendable {
    let handle: OpaquePointer

    /// Blocks until the server has taken notice, or cannot be reached.
    func send() {
        var reason = [CChar](repeating: 0, count: 256)
        _ = PQcancel(handle, &reason, Int32(reason.count))
        PQfreeCancel(handle)
    }
}

extension LeasePool {
    private static let maximumTimeToPutInOrder = Duration.seconds(10)

    /// What a caller may have left behind in the session, undone; prepared statements stay.
    private static let reset = [
        "RESET SESSION AUTHORIZATION", "RESET ROLE", "RESET ALL", "CLOSE ALL", "UNLISTEN *", "SELECT pg_advisory_unlock_all()",
        "DISCARD TEMP", "DISCARD SEQUENCES",
    ]

    /// Ends a lease: COMMIT or ROLLBACK, after which `promise` is settled; then the connection is put in order and becomes free.
    func end(_ lease: Lease, committing: Bool, _ promise: Promise<Void>) {
        guard !lease.isEnded else {
            promise.settle(.failure(Lease.ended))
            return
        }
        lease.isEnded = true
        guard let connection = lease.connection else {
            promise.settle(committing ? .failure(lease.loss ?? .clientClosed) : .success(()))
            return
        }
        if committing, connection.hasAbandoned {
            // The closure went on after its task was cancelled: it doesn't know what its statements did.
            promise.settle(.failure(CancellationError()))
            cancel(connection)
        } else if committing {
            commit(connection, promise)
        } else if connection.load > 0 {
            // Whoever is cancelled should not have to wait for the server.
            promise.settle(.success(()))
            cancel(connection)
        } else {
            putInOrder(connection) { promise.settle(.success(())) }
        }
    }

    private func commit(_ connection: Connection, _ promise: Promise<Void>) {
        switch connection.block {
        case .perRequest, .free, .wanted:
            promise.settle(.success(()))
            putInOrder(connection)
        case .broken(let error):
            promise.settle(.failure(error))
            putInOrder(connection)
        case .open:
            let request = Request(own: ["COMMIT"]) { error in
                promise.settle(error.map { .failure($0) } ?? .success(()))
            }
            request.endsBlock = true
            connection.run(request)
            putInOrder(connection, afterCommit: true)
        }
    }

    /// Sends what makes the connection as good as new behind what is under way. `rolledBack` runs when the server has answered, or never will.
    private func putInOrder(_ connection: Connection, afterCommit: Bool = false, rolledBack: @escaping () -> Void = {}) {
        connection.block = .free
        guard !connection.isClosed else { return rolledBack() }
        let deadline = loop.schedule(after: Self.maximumTimeToPutInOrder) {
            connection.lose(PostgresError(message: "it could not be put in order in time"))
        }
        if !afterCommit, connection.load > 0 || PQtransactionStatus(connection.handle) != PQTRANS_IDLE {
            connection.run(Request(own: ["ROLLBACK"]) { _ in rolledBack() })
        } else {
            rolledBack()
        }
        connection.deallocateEvicted()
        connection.run(
            Request(own: connection.hasSessionTraces ? Self.reset : []) { error in
                self.loop.cancel(deadline)
                if let error {
                    self.discard(connection, error)
                } else {
                    self.takeBack(connection)
                }
            })
    }

    /// Stops what is under way, then puts the connection in order. The order matters: a late cancel must not hit the next user's statement.
    private func cancel(_ connection: Connection) {
        connection.abandon(Lease.ended)
        guard let handle = PQgetCancel(connection.handle) else {
            return connection.lose(PostgresError(message: "the statement under way cannot be cancelled"))
        }
        let request = CancelRequest(handle: handle)
        let isStarted = BackgroundThread.start { [loop] in
            request.send()
            loop.submit { self.putInOrder(connection) }
        }
        if !isStarted {
            PQfreeCancel(handle)
            connection.lose(PostgresError(message: "no thread left to cancel the statement under way"))
        }
    }
}
