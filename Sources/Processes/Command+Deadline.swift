extension Command {
    /// Runs `body`, and cancels it when `timeout` has passed.
    func withDeadline<Value: Sendable>(
        _ timeout: Duration?, _ body: @escaping @Sendable () async throws(ProcessError) -> Value
    ) async throws(ProcessError) -> Value {
        guard let timeout else { return try await body() }
        let first: Result<Value, ProcessError>? = await withTaskGroup { group in
            group.addTask { () async -> Result<Value, ProcessError>? in
                do throws(ProcessError) {
                    return .success(try await body())
                } catch {
                    return .failure(error)
                }
            }
            group.addTask { () async -> Result<Value, ProcessError>? in
                try? await Task.sleep(for: timeout)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        if let first { return try first.get() }
        if Task.isCancelled { throw ProcessError(.cancelled, "\(executable) was ended because its task was cancelled") }
        throw ProcessError(.timedOut, "\(executable) ran longer than \(timeout) and was ended")
    }
}
