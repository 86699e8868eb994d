import Orchestrator

/// One subscription: what its client sends to it, and the way to end it.
struct LiveSubscription: Sendable {
    enum Input: Sendable {
        case bytes([UInt8])
        case size(TerminalSize)
    }

    let id: String
    /// What the client sends to a terminal, read by one reader.
    let inputs: AsyncStream<Input>
    private let inputContinuation: AsyncStream<Input>.Continuation
    private let cancellation: AsyncStream<Void>
    private let cancellationContinuation: AsyncStream<Void>.Continuation

    init(id: String) {
        self.id = id
        (inputs, inputContinuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(256))
        (cancellation, cancellationContinuation) = AsyncStream.makeStream()
    }

    /// False when too much waits already.
    func send(_ input: Input) -> Bool {
        if case .dropped = inputContinuation.yield(input) { false } else { true }
    }

    func cancel() {
        cancellationContinuation.finish()
    }

    /// The result of `work`, nil when ``cancel()`` came first; then the work is cancelled and awaited.
    func runUntilCancelled(_ work: @escaping @Sendable () async throws -> Int?) async throws -> Int? {
        try await withThrowingTaskGroup(of: Int?.self) { group in
            group.addTask(operation: work)
            group.addTask {
                for await _ in cancellation {}
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }
}
