import Processes

/// Finds out whether a build failed for want of memory. The kernel counts it in the control group, which is gone when the
/// container is: so it is looked at while the build runs. What the programs say about it is the second source.
actor OutOfMemoryWatch {
    private let group: BuildControlGroup?
    private var kills = 0
    private var wasSaid = false

    init(group: BuildControlGroup?) {
        self.group = group
    }

    func during<Value: Sendable>(_ body: @Sendable () async throws -> Value) async throws -> Value {
        guard group != nil else { return try await body() }
        return try await withoutActuallyEscaping(body) { body in
            try await withThrowingTaskGroup(of: Value?.self) { tasks in
                tasks.addTask { try await body() }
                tasks.addTask {
                    while !Task.isCancelled {
                        await self.look()
                        try? await Task.sleep(for: .milliseconds(100))
                    }
                    return nil
                }
                defer { tasks.cancelAll() }
                while let value = try await tasks.next() {
                    if let value { return value }
                }
                throw CancellationError()
            }
        }
    }

    func see(_ line: String) {
        let signs = [
            "signal: killed", "Killed signal terminated program", "heap out of memory", "Cannot allocate memory", "MemoryError",
            "container exited on killed",
        ]
        if line.hasSuffix("Killed") || line.contains(" Killed ") || signs.contains(where: line.contains) { wasSaid = true }
    }

    func wasKilled(exit: Exit) -> Bool {
        look()
        return kills > 0 || wasSaid || exit == .exited(137)
    }

    private func look() {
        kills = max(kills, group?.outOfMemoryKills ?? 0)
    }
}
