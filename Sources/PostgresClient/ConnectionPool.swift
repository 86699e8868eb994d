internal import Logging

/// All connections of a client.
///
/// `@unchecked Sendable`: `shared` and `leases` never change and guard themselves; the rest is touched by the loop's thread only.
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

    func listen(on channels: [String], _ continuation: AsyncStream<Notification>.Continuation) -> Listener {
        let statements = channels.compactMap { try? BoundStatement("LISTEN \(identifier: $0)") }
        let listener = Listener(opener: opener, listen: statements, continuation: continuation)
        if isClosed || statements.count < channels.count {
            // A name with NUL names no channel that could exist.
            listener.stop()
        } else {
            listeners[ObjectIdentifier(listener)] = listener
            listener.start()
        }
        return listener
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
