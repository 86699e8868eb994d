internal import CPostgres

extension Connection {
    /// Sends what may go out now: in a pipeline up to the depth, a script or a COPY only when nothing else is under way.
    func sendWaiting() {
        while !isClosed, let request = waiting.first {
            if request.promise.isOver {
                _ = waiting.popFirst()
                continue
            }
            if case .broken(let error) = block, !request.endsBlock {
                _ = waiting.popFirst()
                request.fail(error)
                request.finish()
                continue
            }
            switch request.work {
            case .statements(let bound):
                guard enterPipeline(), inFlight.count < Self.maximumDepth else { return }
                _ = waiting.popFirst()
                send(bound, of: request)
            case .script, .copy:
                if case .wanted = block {
                    // BEGIN must have succeeded before, or the request would run outside of any block.
                    waiting.prepend(Request(own: [], whenDone: { [weak self] in self?.began($0) }))
                    continue
                }
                guard leavePipeline() else { return }
                start(request)
            }
        }
    }

    /// Writes what the library holds back; the rest goes out when the socket takes it.
    func flush() {
        let status = PQflush(handle)
        guard status >= 0 else { return lose() }
        guard isWaitingToWrite != (status == 1) else { return }
        isWaitingToWrite = status == 1
        loop.watch(descriptor, forWriting: isWaitingToWrite)
    }

    /// Sends more of a COPY's data, as far as the socket takes it.
    func sendCopy() {
        guard var copy = outgoingCopy, copy.isAccepted, let request = inFlight.first else { return }
        while !isClosed, !isWaitingToWrite, !request.promise.isOver, copy.position < copy.chunks.count {
            let status = copy.chunks[copy.position].withUnsafeBytes { bytes in
                PQputCopyData(handle, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
            }
            guard status == 1 else { return lose() }
            copy.position += 1
            flush()
        }
        outgoingCopy = copy
        guard !isClosed, !isWaitingToWrite else { return }
        outgoingCopy = nil
        let reason = request.promise.isOver ? "nobody waits for it any more" : nil
        guard PQputCopyEnd(handle, reason) == 1 else { return lose() }
        flush()
    }

    private func send(_ bound: [BoundStatement], of request: Request) {
        var succeeded = true
        if case .wanted = block {
            block = .open
            succeeded = PQsendQueryParams(handle, "BEGIN", 0, nil, nil, nil, nil, 0) == 1
            request.willSend(.preface)
        }
        for statement in bound where succeeded {
            succeeded = send(statement, of: request)
        }
        inFlight.append(request)
        request.willSend(.sync)
        guard succeeded, PQpipelineSync(handle) == 1 else { return lose() }
        flush()
        if case .perRequest = block { deallocateEvicted() }
    }

    private func began(_ error: PostgresError?) {
        if let error { block = .broken(error) }
    }

    private func send(_ statement: BoundStatement, of request: Request) -> Bool {
        if case .open = block, !request.endsBlock, !hasSessionTraces, traces.mayBeLeft(by: statement.text) { hasSessionTraces = true }
        let use = request.isRetry ? .unnamed : statements.use(statement.text, for: ObjectIdentifier(request))
        var name: String?
        switch use {
        case .unnamed: break
        case .prepared(let prepared): name = prepared
        case .prepare(let new):
            guard PQsendPrepare(handle, new, statement.text, 0, nil) == 1 else { return false }
            request.willSend(.prepare(text: statement.text))
            name = new
        }
        request.willSend(.execute(text: statement.text, isPrepared: name != nil))
        return statement.withParameters { count, values, lengths, formats in
            if let name {
                PQsendQueryPrepared(handle, name, count, values, lengths, formats, 0) == 1
            } else {
                PQsendQueryParams(handle, statement.text, count, nil, values, lengths, formats, 0) == 1
            }
        }
    }

    /// Frees the prepared statements that the cache gave up. Not inside a block: an aborted one would refuse it.
    func deallocateEvicted() {
        guard statements.hasEvicted else { return }
        waiting.append(Request(own: statements.takeEvicted().map { "DEALLOCATE \($0)" }))
    }

    private func start(_ request: Request) {
        _ = waiting.popFirst()
        inFlight.append(request)
        hasSessionTraces = true
        let command: String
        switch request.work {
        case .statements: return
        case .script(let script): command = script
        case .copy(let copy, let chunks):
            command = copy
            outgoingCopy = OutgoingCopy(chunks: chunks)
        }
        guard PQsendQuery(handle, command) == 1 else { return lose() }
        flush()
    }

    private func enterPipeline() -> Bool {
        if isPipelining { return true }
        guard inFlight.isEmpty else { return false }
        guard PQenterPipelineMode(handle) == 1 else {
            lose()
            return false
        }
        isPipelining = true
        return true
    }

    /// True: nothing is under way, and the simple protocol can be used.
    private func leavePipeline() -> Bool {
        guard inFlight.isEmpty else { return false }
        guard isPipelining else { return true }
        guard PQexitPipelineMode(handle) == 1 else {
            lose()
            return false
        }
        isPipelining = false
        return true
    }
}
