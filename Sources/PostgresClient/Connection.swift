internal import CPostgres

/// A connection in pipeline mode with the requests that wait for it and those that are under way.
///
/// `@unchecked Sendable`: touched by the loop's thread only.
final class Connection: @unchecked Sendable {
    /// What a connection belongs to.
    protocol Owner: AnyObject {
        /// It finished something, so it can take more.
        func connectionHasRoom(_ connection: Connection)
        /// It is gone; whatever was under way has failed.
        func connection(_ connection: Connection, lostBy error: PostgresError)
        func connection(_ connection: Connection, received notification: Notification)
    }

    /// The transaction block that the client keeps around the requests.
    enum Block {
        /// None: each request is a transaction, and must not leave one open to the next caller's.
        case perRequest
        /// None: the session's user may begin and end transactions.
        case free
        /// BEGIN goes out together with the first request.
        case wanted
        case open
        /// A statement ended it behind the client's back.
        case broken(PostgresError)
    }

    struct OutgoingCopy {
        let chunks: [[UInt8]]
        var position = 0
        /// The server has answered that it takes the data.
        var isAccepted = false
    }

    static let maximumDepth = 32

    let handle: OpaquePointer
    let loop: PostgresLoop
    let descriptor: Int32
    weak var owner: (any Owner)?

    var block = Block.perRequest
    var statements = StatementCache()
    var waiting = FirstInFirstOut<Request>()
    var inFlight = FirstInFirstOut<Request>()
    /// The data of the COPY under way, until the last of it has been sent.
    var outgoingCopy: OutgoingCopy?
    /// Something of the lease may outlive its transaction.
    var hasSessionTraces = false
    var traces = SessionTraces()
    var isPipelining = false
    var stepHasResult = false
    var isWaitingToWrite = false
    private(set) var isClosed = false

    /// Takes over an open connection. Nil when it cannot be used; it is closed then.
    init?(_ opened: OpenedConnection, loop: PostgresLoop, owner: any Owner) {
        handle = opened.handle
        self.loop = loop
        self.owner = owner
        descriptor = PQsocket(handle)
        PQsetNoticeReceiver(handle, { _, _ in }, nil)
        guard PQsetnonblocking(handle, 1) == 0, PQenterPipelineMode(handle) == 1, loop.watch(descriptor, self) else {
            PQfinish(handle)
            isClosed = true
            return nil
        }
        isPipelining = true
    }

    deinit {
        close()
    }

    /// Requests that it has still to answer.
    var load: Int { inFlight.count + waiting.count }

    /// Hands a request in; they are answered in order.
    func run(_ request: Request) {
        guard !isClosed else {
            request.fail(PostgresError(message: "the connection to PostgreSQL was lost", isConnectionLoss: true))
            return request.finish()
        }
        waiting.append(request)
        sendWaiting()
    }

    /// Fails what has not been sent yet.
    func failWaiting(_ error: PostgresError) {
        for request in waiting.removeAll() {
            request.fail(error)
            request.finish()
        }
    }

    /// A caller stopped waiting for something that is still under way.
    var hasAbandoned: Bool {
        inFlight.elements.contains { $0.promise.isOver } || waiting.elements.contains { $0.promise.isOver }
    }

    /// Nobody waits any more for what is under way, and nothing more is to be sent for it.
    func abandon(_ error: PostgresError) {
        failWaiting(error)
        for request in inFlight.elements { request.promise.settle(.failure(error)) }
    }

    /// Closes it; nobody is told.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        loop.unwatch(descriptor)
        PQfinish(handle)
    }

    /// Closes it after a failure, fails what was asked of it, and tells the owner.
    func lose(_ cause: PostgresError? = nil) {
        guard !isClosed else { return }
        var error = cause ?? PostgresError(lost: handle)
        if !error.isConnectionLoss {
            error.isConnectionLoss = true
            error.message = "the connection to PostgreSQL was lost: " + error.message
        }
        close()
        for request in inFlight.removeAll() + waiting.removeAll() {
            request.fail(error)
            request.finish()
        }
        owner?.connection(self, lostBy: error)
    }
}

extension Connection: PostgresLoop.Source {
    func ready(readable: Bool, writable: Bool) {
        if readable {
            guard PQconsumeInput(handle) == 1 else {
                // What the server said before it went (why it ended the session) may still be there to read.
                receive()
                return lose()
            }
            receive()
        }
        guard !isClosed else { return }
        if isWaitingToWrite { flush() }
        guard outgoingCopy != nil else { return }
        sendCopy()
        // The server's answer to a COPY that it refused may have been read long before its end was sent.
        if outgoingCopy == nil { receive() }
    }
}
