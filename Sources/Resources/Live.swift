/// What a client sends over the WebSocket `/api/v1/live`, as JSON text. `id` is the client's own name for a subscription.
public enum LiveRequest: Codable, Hashable, Sendable {
    /// Lines of one deployment, from after a position, then live until it is cancelled (`follow`) or only what is there.
    case logs(id: String, deployment: Deployment.ID, kind: LogKind?, after: Int64?, follow: Bool)
    /// Lines of the active deployments of a service, as replicas come and go.
    case serviceLogs(id: String, environment: Environment.ID, service: Service.ID, after: Int64?, tail: Int)
    /// All events of the workspace from after a position (nil: from now on).
    case events(id: String, after: Int64?)
    /// A terminal in a running replica; an empty command is its shell.
    case terminal(id: String, deployment: Deployment.ID, replica: Int, command: [String], columns: Int, rows: Int)
    /// Bytes for a terminal, in base64.
    case input(id: String, data: String)
    case resize(id: String, columns: Int, rows: Int)
    case cancel(id: String)
}

/// What the server sends over the WebSocket, as JSON text.
public enum LiveMessage: Codable, Hashable, Sendable {
    case log(id: String, lines: [LogLine])
    case event(id: String, event: EventRecord)
    /// Bytes from a terminal, in base64.
    case output(id: String, data: String)
    /// The reader was too slow: what lies between was not sent; ask again from `after`.
    case gap(id: String, after: Int64)
    /// A subscription ended by itself; a terminal with its command's exit code.
    case end(id: String, exitCode: Int?)
    case problem(id: String?, problem: Problem)
}
