import Resources

/// Follows log lines over the WebSocket. A broken connection is made again and goes on after the last line that was seen, so
/// that no line is lost or comes twice.
struct LogFollower: Sendable {
    enum Subject: Sendable {
        case deployment(Deployment.ID, kind: LogKind?)
        /// The replicas of the active deployments, as they come and go; first the last `tail` lines.
        case service(ServiceTarget, tail: Int)
    }

    let client: YardClient
    let subject: Subject
    /// Told each time when a connection is about to be made again, with what happened to the last one.
    let onReconnect: @Sendable (YardError) -> Void

    /// Returns when there will be no further lines.
    ///
    /// - Throws: ``YardError``, also when the very first connection doesn't come about.
    func follow(after start: Int64?, onLines: ([LogLine]) -> Void) async throws {
        var position = start
        var live = try await LiveConnection.open(client)
        while true {
            let loss: YardError
            do {
                let isOver = try await receive(from: live, position: &position, onLines: onLines)
                await live.close()
                if isOver { return }
                loss = YardError(.unreachable, code: "UNREACHABLE", "\(client.server) closed the connection")
            } catch let error as YardError where error.status == .unreachable {
                loss = error
            }
            onReconnect(loss)
            live = try await reopen()
        }
    }

    private func reopen() async throws -> LiveConnection {
        var pause = Duration.milliseconds(250)
        while true {
            try await Task.sleep(for: pause)
            do {
                return try await LiveConnection.open(client)
            } catch let error as YardError where error.status == .unreachable {
                pause = min(pause * 2, .seconds(5))
            }
        }
    }

    private func receive(from live: LiveConnection, position: inout Int64?, onLines: ([LogLine]) -> Void) async throws -> Bool {
        var subscription = 0
        try await live.send(request(id: "logs-\(subscription)", after: position))
        return try await live.receive { message -> Bool? in
            switch message {
            case .log(let id, let lines) where id == "logs-\(subscription)":
                let new = lines.filter { line in position.map { line.position > $0 } ?? true }
                if let last = new.last { position = last.position }
                onLines(new)
            case .gap(let id, let after) where id == "logs-\(subscription)":
                try await live.send(.cancel(id: id))
                subscription += 1
                try await live.send(request(id: "logs-\(subscription)", after: position ?? after))
            case .end(let id, _) where id == "logs-\(subscription)":
                return true
            case .problem(_, let problem):
                throw YardError(.failed, problem: problem)
            default:
                break
            }
            return nil
        } ?? false
    }

    private func request(id: String, after: Int64?) -> LiveRequest {
        switch subject {
        case .deployment(let deployment, let kind):
            .logs(id: id, deployment: deployment, kind: kind, after: after, follow: true)
        case .service(let target, let tail):
            .serviceLogs(
                id: id, environment: target.environmentId, service: target.serviceId, after: after, tail: after == nil ? tail : 0)
        }
    }
}
