import ContainerEngine
import Logging
public import Orchestrator

extension EngineOrchestrator {
    public func events() -> AsyncStream<WorkloadEvent> {
        // A reader that falls so far behind loses the oldest, and is told to look for itself.
        AsyncStream(bufferingPolicy: .bufferingNewest(4096)) { continuation in
            let task = Task { await follow(continuation) }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    private func follow(_ continuation: AsyncStream<WorkloadEvent>.Continuation) async {
        var pause = Duration.milliseconds(100)
        while !Task.isCancelled {
            do {
                let events = try await client.events(.labels(names.labels(.all)).kind("container"))
                continuation.yield(.resumed)
                pause = .milliseconds(100)
                for try await event in events {
                    guard let event = workloadEvent(event) else { continue }
                    if case .dropped = continuation.yield(event) { continuation.yield(.resumed) }
                }
            } catch {
                guard !Task.isCancelled else { return }
                logger.warning("the engine's events ended; subscribing again", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(5))
        }
    }

    private func workloadEvent(_ event: EngineEvent) -> WorkloadEvent? {
        guard let id = names.workload(event.attributes) else { return nil }
        let time = EngineTime.date(nanoseconds: event.time)
        switch event.action {
        case "start": return .started(id, at: time)
        case "die": return .died(id, exitCode: event.exitCode ?? 0, at: time)
        case "oom": return .outOfMemory(id, at: time)
        // Podman's word and Docker's.
        case "remove", "destroy": return .removed(id, at: time)
        default: return nil
        }
    }
}
