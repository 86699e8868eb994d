import Synchronization

/// Asks a host through the edge again and again, and counts what went wrong: anything but 200.
final class Visitor: Sendable {
    struct Count: Sendable {
        var requests = 0
        var failures: [String] = []
        var bodies: Set<String> = []
    }

    private let count = Mutex(Count())

    /// Visits while `body` runs.
    static func visiting(
        _ platform: TestPlatform, _ host: String, path: String = "/", at once: Int = 4, while body: () async throws -> Void
    ) async throws -> Count {
        let visitor = Visitor()
        let tasks = (0..<once).map { _ in Task { await visitor.visit(platform, host, path) } }
        defer { for task in tasks { task.cancel() } }
        try await body()
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
        return visitor.count.withLock { $0 }
    }

    private func visit(_ platform: TestPlatform, _ host: String, _ path: String) async {
        while !Task.isCancelled {
            do {
                let answer = try await platform.get(host, path)
                count.withLock { count in
                    count.requests += 1
                    if answer.status != 200 { count.failures.append("\(answer.status): \(answer.body.prefix(200))") }
                    if answer.status == 200, count.bodies.count < 100 { count.bodies.insert(answer.body) }
                }
            } catch {
                if Task.isCancelled { return }
                count.withLock { $0.failures.append("\(error)") }
            }
            try? await Task.sleep(for: .milliseconds(5))
        }
    }
}
