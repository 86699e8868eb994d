/// Gives work a time.
enum Deadline {
    /// The work's result; when the time is over first, the work is cancelled and `error` thrown.
    static func within<Value: Sendable>(
        _ time: Duration, or error: @autoclosure @escaping @Sendable () -> any Error, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask(operation: work)
            group.addTask {
                try await Task.sleep(for: time)
                throw error()
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() else { throw CancellationError() }
            return value
        }
    }
}
