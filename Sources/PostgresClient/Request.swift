internal import CPostgres

/// One piece of work for a connection, which succeeds or fails as a whole: everything up to a Sync of the protocol.
///
/// `@unchecked Sendable`: `work` and `promise` never change; the rest is touched by the loop's thread only, once the request is handed in.
final class Request: @unchecked Sendable {
    enum Work {
        /// Pipelined; outside of a transaction they are one implicit transaction.
        case statements([BoundStatement])
        /// Several statements in one text, without parameters, by the simple protocol.
        case script(String)
        /// `COPY ... FROM STDIN`, and the data in its text format.
        case copy(command: String, chunks: [[UInt8]])
    }

    /// What the server answers to, in order.
    enum Step {
        /// The client's own statement, whose result nobody asked for.
        case preface
        case prepare(text: String)
        case execute(text: String, isPrepared: Bool)
        case sync
    }

    let work: Work
    let promise = Promise<[[Row]]>()

    /// Told how it ended, on the loop's thread: what the pool itself sent.
    var whenDone: ((PostgresError?) -> Void)?
    /// It ends the transaction block that the client began.
    var endsBlock = false
    /// Sent a second time already, because a prepared statement was stale.
    var isRetry = false

    private(set) var steps: [Step] = []
    private(set) var currentStep = 0
    private(set) var results: [[Row]] = []
    private(set) var failure: PostgresError?

    init(_ work: Work) {
        self.work = work
    }

    /// Statements of the client's own.
    convenience init(own statements: [String], whenDone: ((PostgresError?) -> Void)? = nil) {
        self.init(.statements(statements.map { BoundStatement(own: $0) }))
        self.whenDone = whenDone
    }

    var step: Step? { currentStep < steps.count ? steps[currentStep] : nil }

    func willSend(_ step: Step) { steps.append(step) }

    func finishStep() { currentStep += 1 }

    func add(_ rows: [Row]) { results.append(rows) }

    /// The first error is the cause of those that follow.
    func fail(_ error: PostgresError) {
        if failure == nil { failure = error }
    }

    func startAgain() {
        steps = []
        currentStep = 0
        results = []
        failure = nil
        isRetry = true
    }

    func finish() {
        if let failure {
            promise.settle(.failure(failure))
        } else {
            promise.settle(.success(results))
        }
        whenDone?(failure)
    }
}
