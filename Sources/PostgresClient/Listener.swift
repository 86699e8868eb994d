internal import Logging

/// Listens on a connection of its own and begins anew whenever it is lost.
///
/// `@unchecked Sendable`: touched by the loop's thread only.
final class Listener: @unchecked Sendable {
    private let opener: ConnectionOpener
    private let listen: [BoundStatement]
    private let continuation: AsyncStream<Notification>.Continuation
    private var connection: Connection?
    private var failures = 0
    private(set) var isStopped = false

    init(opener: ConnectionOpener, listen: [BoundStatement], continuation: AsyncStream<Notification>.Continuation) {
        self.opener = opener
        self.listen = listen
        self.continuation = continuation
    }

    func start() {
        guard !isStopped else { return }
        opener.open(for: self) { outcome in
            switch outcome {
            case .success(let connection): self.begin(on: connection)
            case .failure: self.startLater()
            }
        }
    }

    func stop() {
        isStopped = true
        connection?.close()
        connection = nil
        continuation.finish()
    }

    private func begin(on connection: Connection) {
        guard !isStopped else { return connection.close() }
        self.connection = connection
        let request = Request(.statements(listen))
        request.whenDone = { error in
            // A loss is told to the owner as well.
            guard error == nil else { return connection.lose(error) }
            self.failures = 0
            self.pass(Notification(channel: "", payload: ""))
        }
        connection.run(request)
    }

    private func startLater() {
        guard !isStopped else { return }
        failures += 1
        opener.loop.schedule(after: .milliseconds(min(50 << min(failures, 7), 5000))) { self.start() }
    }

    /// A reader that is too slow loses the oldest notifications, and is told so by the empty one, which comes last.
    private func pass(_ notification: Notification) {
        guard case .dropped = continuation.yield(notification), notification.channel != "" else { return }
        continuation.yield(Notification(channel: "", payload: ""))
    }
}

extension Listener: Connection.Owner {
    func connectionHasRoom(_ connection: Connection) {}

    func connection(_ connection: Connection, lostBy error: PostgresError) {
        guard self.connection === connection else { return }
        self.connection = nil
        guard !isStopped else { return }
        opener.logger.warning("the connection that listens for notifications was lost", metadata: ["error": "\(error)"])
        startLater()
    }

    func connection(_ connection: Connection, received notification: Notification) {
        pass(notification)
    }
}
