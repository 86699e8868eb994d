import Resources

/// Watches one deployment until it is settled: live over the WebSocket, and by asking once a second, so that a broken
/// connection or a restarted server costs time but no result.
struct DeploymentFollower: Sendable {
    enum Update: Sendable {
        case lines([LogLine])
        case changed(Deployment)
    }

    private enum Signal: Sendable {
        case started(Deployment)
        case failedToStart(any Error)
        case opened(LiveConnection)
        case closed
        case message(LiveMessage)
        case tick
    }

    let client: YardClient
    /// Which lines are wanted; nil: all.
    let kind: LogKind?
    /// How long the server may be unreachable before that is an error.
    var patience: Duration = .seconds(60)
    /// How often to ask.
    var interval: Duration = .seconds(1)

    /// Runs `start`, which makes the deployment, while the connection is being made, and returns the settled deployment.
    func follow(
        start: @escaping @Sendable () async throws -> Deployment, onUpdate: (Update) async throws -> Void
    ) async throws -> Deployment {
        let (signals, continuation) = AsyncStream.makeStream(of: Signal.self)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                do {
                    continuation.yield(.started(try await start()))
                } catch {
                    continuation.yield(.failedToStart(error))
                }
            }
            group.addTask { await listen(continuation) }
            group.addTask {
                while !Task.isCancelled {
                    try await Task.sleep(for: interval)
                    continuation.yield(.tick)
                }
            }
            var watch = Watch(client: client, kind: kind, patience: patience)
            for await signal in signals {
                for update in try await watch.handle(signal) {
                    try await onUpdate(update)
                }
                if let deployment = watch.deployment, deployment.status.isSettled {
                    for update in try await watch.lastLines() { try await onUpdate(update) }
                    return deployment
                }
            }
            throw CancellationError()
        }
    }

    /// Keeps a connection open and hands over what comes, until the task is cancelled.
    private func listen(_ continuation: AsyncStream<Signal>.Continuation) async {
        while !Task.isCancelled {
            if let live = try? await LiveConnection.open(client) {
                continuation.yield(.opened(live))
                _ = try? await live.receive { message -> Void? in
                    continuation.yield(.message(message))
                    return nil
                }
                continuation.yield(.closed)
                await live.close()
            }
            try? await Task.sleep(for: .milliseconds(500))
        }
    }

    /// What is known of the deployment, and what each signal means for it.
    private struct Watch {
        let client: YardClient
        let kind: LogKind?
        let patience: Duration
        var deployment: Deployment?
        private var live: LiveConnection?
        private var position: Int64?
        private var subscription = 0
        private var unreachableSince: ContinuousClock.Instant?

        init(client: YardClient, kind: LogKind?, patience: Duration) {
            self.client = client
            self.kind = kind
            self.patience = patience
        }

        mutating func handle(_ signal: Signal) async throws -> [Update] {
            switch signal {
            case .started(let deployment):
                self.deployment = deployment
                await subscribe()
                return [.changed(deployment)]
            case .failedToStart(let error):
                throw error
            case .opened(let live):
                self.live = live
                try? await live.send(.events(id: "events", after: nil))
                await subscribe()
                return try await refresh()
            case .closed:
                live = nil
                return []
            case .message(let message):
                return try await handle(message)
            case .tick:
                let lines = live == nil ? try await missingLines() : []
                return lines + (try await refresh())
            }
        }

        private mutating func handle(_ message: LiveMessage) async throws -> [Update] {
            switch message {
            case .log(let id, let lines) where id == "logs-\(subscription)":
                return seen(lines)
            case .gap(let id, _) where id == "logs-\(subscription)":
                try? await live?.send(.cancel(id: id))
                await subscribe()
                return []
            case .event(_, let event):
                guard let deployment, event.stream == "deployment/\(deployment.id)" else { return [] }
                return try await refresh()
            default:
                return []
            }
        }

        private mutating func subscribe() async {
            guard let live, let deployment else { return }
            subscription += 1
            try? await live.send(
                .logs(id: "logs-\(subscription)", deployment: deployment.id, kind: kind, after: position, follow: true))
        }

        private mutating func seen(_ lines: [LogLine]) -> [Update] {
            let new = lines.filter { line in position.map { line.position > $0 } ?? true }
            guard let last = new.last else { return [] }
            position = last.position
            return [.lines(new)]
        }

        private mutating func refresh() async throws -> [Update] {
            guard let known = deployment else { return [] }
            do {
                let fresh = try await client.deployment(known.id)
                unreachableSince = nil
                deployment = fresh
                return fresh == known ? [] : [.changed(fresh)]
            } catch let error as YardError where error.status == .unreachable {
                let since = unreachableSince ?? .now
                unreachableSince = since
                guard ContinuousClock.now - since < patience else { throw error }
                return []
            }
        }

        private mutating func missingLines() async throws -> [Update] {
            guard let deployment else { return [] }
            var lines: [LogLine] = []
            do {
                try await client.allLogs(deployment.id, kind: kind, after: position) { lines += $0 }
            } catch let error as YardError where error.status == .unreachable {
                return []
            }
            return seen(lines)
        }

        /// What was written but not seen when the deployment was settled. Its last lines may still be on their way to the store,
        /// and after a failure they are the ones that matter.
        mutating func lastLines() async throws -> [Update] {
            let lines = try await missingLines()
            guard deployment?.status == .failed || deployment?.status == .crashed else { return lines }
            try await Task.sleep(for: .milliseconds(400))
            return lines + (try await missingLines())
        }
    }
}
