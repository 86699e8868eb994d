extension EdgeControl {
    /// How many requests and WebSockets these endpoints have in progress together.
    public func inFlight(_ endpoints: [Endpoint]) async throws(EdgeError) -> Int {
        let counts = try await inFlight()
        return endpoints.reduce(0) { $0 + (counts[$1.authority] ?? 0) }
    }

    /// Waits until endpoints that no route names any more have nothing in progress.
    /// - Returns: false when the time is over, or the task was cancelled, before that.
    public func drained(_ endpoints: [Endpoint], within limit: Duration) async throws(EdgeError) -> Bool {
        let end = ContinuousClock.now + limit
        var isQuiet = false
        while true {
            let count = try await inFlight(endpoints)
            // Asked twice: a worker may have chosen an endpoint just before the change and count it just after.
            if count == 0 && isQuiet { return true }
            isQuiet = count == 0
            guard ContinuousClock.now < end else { return false }
            do { try await Task.sleep(for: .milliseconds(isQuiet ? 10 : 50)) } catch { return false }
        }
    }
}
