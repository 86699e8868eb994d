internal import CPostgres

extension Connection {
    /// Reads the answers that have arrived, finishes requests, and sends what they made room for.
    func receive() {
        var finishedAny = false
        var emptyAnswers = 0
        while !isClosed, let request = inFlight.first, outgoingCopy?.isAccepted != true, PQisBusy(handle) == 0 {
            guard let result = PQgetResult(handle) else {
                emptyAnswers += 1
                // The end of a statement's results; twice in a row: nothing is there.
                guard emptyAnswers < 2 else { break }
                if endOfResults(of: request) { finishedAny = true }
                continue
            }
            emptyAnswers = 0
            defer { PQclear(result) }
            if take(result, for: request) { finishedAny = true }
        }
        guard !isClosed else { return }
        while let notification = PQnotifies(handle) {
            let (channel, payload) = (String(cString: notification.pointee.relname), String(cString: notification.pointee.extra))
            PQfreemem(notification)
            owner?.connection(self, received: Notification(channel: channel, payload: payload))
        }
        guard finishedAny else { return }
        sendWaiting()
        guard !isClosed else { return }
        owner?.connectionHasRoom(self)
    }

    /// True: the request is finished.
    private func take(_ result: OpaquePointer, for request: Request) -> Bool {
        stepHasResult = true
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK:
            add(ResultTable(result: result).rows, to: request)
        case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
            checkTransactionControl(result, request)
            if case .prepare(let text) = request.step { statements.confirm(text) }
            add([], to: request)
        case PGRES_PIPELINE_SYNC:
            stepHasResult = false
            return finishFirst()
        case PGRES_PIPELINE_ABORTED:
            if case .prepare(let text) = request.step { statements.withdraw(text) }
        case PGRES_COPY_IN where outgoingCopy != nil:
            outgoingCopy?.isAccepted = true
            sendCopy()
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            // The session now waits for data that nobody has: it cannot be used any more.
            lose(PostgresError(sqlState: "0A000", message: "COPY is not possible as a statement; use copy(into:columns:rows:)"))
        default:
            failed(PostgresError(result: result), request)
        }
        return false
    }

    private func add(_ rows: [Row], to request: Request) {
        guard isPipelining else { return }
        if case .execute = request.step { request.add(rows) }
    }

    private func failed(_ error: PostgresError, _ request: Request) {
        guard PQstatus(handle) != CONNECTION_BAD, !error.isConnectionLoss else { return lose(error) }
        request.fail(error)
        switch request.step {
        case .prepare(let text): statements.withdraw(text)
        case .execute(let text, isPrepared: true) where error.sqlState == "26000": statements.withdraw(text)
        case .execute(let text, isPrepared: true) where error.isStalePlan: statements.evict(text)
        default: break
        }
    }

    /// A statement has given all its results. True: the request is finished.
    private func endOfResults(of request: Request) -> Bool {
        guard stepHasResult else { return false }
        stepHasResult = false
        if isPipelining {
            request.finishStep()
            return false
        }
        outgoingCopy = nil
        return finishFirst()
    }

    private func finishFirst() -> Bool {
        guard let request = inFlight.popFirst() else { return false }
        // While more is under way this says "active" only.
        let status = PQtransactionStatus(handle)
        if mayRunAgain(status), !request.isRetry, request.failure?.isStalePlan == true {
            // Nothing of the request was carried out: its implicit transaction was rolled back.
            request.startAgain()
            waiting.prepend(request)
            return true
        }
        if case .open = block, status == PQTRANS_IDLE, !request.endsBlock { blockWasEnded(by: request) }
        request.finish()
        if case .perRequest = block, status == PQTRANS_INTRANS || status == PQTRANS_INERROR { loseOpenTransaction() }
        return true
    }

    private func mayRunAgain(_ status: PGTransactionStatusType) -> Bool {
        switch block {
        case .perRequest: true
        case .free: status == PQTRANS_IDLE
        case .wanted, .open, .broken: false
        }
    }

    /// Finds statements that begin or end a transaction which is not theirs to begin or end.
    private func checkTransactionControl(_ result: OpaquePointer, _ request: Request) {
        let tag = String(cString: PQcmdStatus(result))
        switch block {
        case _ where request.endsBlock:
            guard tag == "ROLLBACK" else { return }
            // A statement before had failed, and the error was not passed on.
            request.fail(PostgresError(sqlState: "25P02", message: "the transaction was rolled back, because a statement in it had failed"))
        case .perRequest where tag == "BEGIN" || tag == "START TRANSACTION":
            request.fail(
                PostgresError(
                    sqlState: "25001", message: "a single statement must not begin a transaction; use transaction(_:) or batch(_:)"))
            loseOpenTransaction()
        case .open where tag == "COMMIT":
            blockWasEnded(by: request)
        default:
            break
        }
    }

    private func blockWasEnded(by request: Request) {
        let error = PostgresError(sqlState: "2D000", message: "a statement ended the transaction; only the end of its closure may do that")
        block = .broken(error)
        request.fail(error)
    }

    private func loseOpenTransaction() {
        lose(PostgresError(message: "it was closed, because a statement had begun a transaction on it"))
    }
}
