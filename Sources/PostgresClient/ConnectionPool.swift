internal import Logging

/// All connections of a client.
///
/// `@unchecked Sendable`: `shared`, `leases` and `opener` never change and guard themselves; the rest is touched by the loop's thread only.
final class ConnectionPool: @unchecked Sendable {
    let shared: SharedConnections
    let leases: LeasePool
    private let opener: ConnectionOpener
    private var listeners: [ObjectIdentifier: Listener] = [:]
    private var isClosed = false

    init(configuration: PostgresClient.Configuration, loop: PostgresLoop, logger: Logger) {
        opener = ConnectionOpener(
            loop: loop, connector: Connector(connectionString: configuration.connectionString), patience: configuration.outagePatience,
            logger: logger)
        shared = SharedConnections(opener: opener, maximum: configuration.pipelinedConnections)
        leases = LeasePool(opener: opener, maximum: configuration.maximumLeases, patience: configuration.leasePatience)
    }

    /// Can be called on any thread. Nil when a name contains NUL, so that there can be no such channel.
    func listener(on channels: [String], _ continuation: AsyncStream<Notification>.Continuation) -> Listener? {
        let statements = channels.compactMap { try? BoundStatement("LISTEN \(identifier: $0)") }
        guard statements.count == channels.count else { return nil }
        return Listener(opener: opener, listen: statements, continuation: continuation)
    }

    func start(_ listener: Listener) {
        guard !isClosed else { return listener.stop() }
        // Its reader may have ended before this.
        guard !listener.isStopped else { return }
        listeners[ObjectIdentifier(listener)] = listener
        listener.start()
    }

    func stop(_ listener: Listener) {
        listeners[ObjectIdentifier(listener)] = nil
        listener.stop()
    }

    func close() {
        isClosed = true
        shared.close()
        leases.close()
        for listener in listeners.values { listener.stop() }
        listeners = [:]
    }
}
