internal import Synchronization

/// What one task waits for. It is settled once: by the loop, or by the task's cancellation, which ends the wait at once.
final class Promise<Value: Sendable>: Sendable {
    private enum State {
        case open
        case waiting(UnsafeContinuation<Value, any Error>)
        case settled(Result<Value, any Error>)
        case over
    }

    private let state = Mutex(State.open)

    /// Nobody needs the value any more.
    var isOver: Bool {
        state.withLock {
            switch $0 {
            case .open, .waiting: false
            case .settled, .over: true
            }
        }
    }

    /// False: it was settled before, so the value reaches nobody.
    @discardableResult
    func settle(_ result: Result<Value, any Error>) -> Bool {
        let (isFirst, continuation) = state.withLock { state -> (Bool, UnsafeContinuation<Value, any Error>?) in
            switch state {
            case .open:
                state = .settled(result)
                return (true, nil)
            case .waiting(let continuation):
                state = .over
                return (true, continuation)
            case .settled, .over:
                return (false, nil)
            }
        }
        continuation?.resume(with: result)
        return isFirst
    }

    /// Waits; throws CancellationError as soon as the task is cancelled. `whenCancelled` runs if that ended the wait.
    func value(whenCancelled: @escaping @Sendable () -> Void = {}) async throws -> Value {
        try await withTaskCancellationHandler {
            try await valueEvenIfCancelled()
        } onCancel: {
            if settle(.failure(CancellationError())) { whenCancelled() }
        }
    }

    /// Waits to the end: for what must not be left in doubt.
    func valueEvenIfCancelled() async throws -> Value {
        try await withUnsafeThrowingContinuation { continuation in
            let early = state.withLock { state -> Result<Value, any Error>? in
                guard case .settled(let result) = state else {
                    state = .waiting(continuation)
                    return nil
                }
                state = .over
                return result
            }
            if let early { continuation.resume(with: early) }
        }
    }
}
