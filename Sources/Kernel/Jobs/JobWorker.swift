public import Logging

/// Runs jobs of some kinds, a few at once, each under a lease that is extended while it runs. A job whose lease is lost is
/// cancelled; what it still tries to write is refused by its fence.
public struct JobWorker: Sendable {
    private let queue: JobQueue
    private let wakeups: Wakeups
    private let kinds: [String]
    private let concurrency: Int
    private let name: String
    private let logger: Logger
    private let handle: @Sendable (Job) async throws -> JobOutcome

    /// - Parameter name: The node's name; one process at a time may use it.
    public init(
        queue: JobQueue, wakeups: Wakeups, kinds: [String], concurrency: Int, name: String, logger: Logger,
        handle: @escaping @Sendable (Job) async throws -> JobOutcome
    ) {
        self.queue = queue
        self.wakeups = wakeups
        self.kinds = kinds
        self.concurrency = concurrency
        self.name = name
        self.logger = logger
        self.handle = handle
    }

    private enum Event {
        case wakeup
        case jobEnded
    }

    /// Works until cancelled; jobs under way are cancelled too and resume with the next worker.
    public func run() async {
        let (events, continuation) = AsyncStream.makeStream(of: Event.self)
        await withDiscardingTaskGroup { group in
            group.addTask {
                // Leases that end and jobs that become due make no sound: so it looks every 5 s, too.
                for await _ in wakeups.signals(on: JobQueue.channel, atLeastEvery: .seconds(5)) { continuation.yield(.wakeup) }
            }
            var running = 0
            for await event in events {
                if event == .jobEnded { running -= 1 }
                while running < concurrency, let job = await claim() {
                    running += 1
                    group.addTask {
                        await work(on: job)
                        continuation.yield(.jobEnded)
                    }
                }
            }
            group.cancelAll()
        }
    }

    private func claim() async -> Job? {
        do {
            return try await queue.claim(kinds: kinds, worker: name)
        } catch {
            if !Task.isCancelled {
                logger.warning("jobs could not be claimed", metadata: ["error": "\(error)"])
            }
            return nil
        }
    }

    private func work(on job: Job) async {
        var logger = logger
        logger[metadataKey: "job"] = "\(job.id)"
        logger[metadataKey: "kind"] = "\(job.kind)"
        do {
            let outcome = try await withThrowingTaskGroup(of: JobOutcome?.self) { group in
                group.addTask { try await handle(job) }
                group.addTask {
                    while true {
                        try await Task.sleep(for: queue.lease / 3)
                        try await keep(job)
                    }
                }
                defer { group.cancelAll() }
                return try await group.next() ?? nil
            }
            try await queue.finish(job, outcome ?? .done)
        } catch is CancellationError {
            return
        } catch {
            logger.error("a job failed", metadata: ["error": "\(error)"])
            let delay = Duration.seconds(min(60, 1 << min(job.attempts, 6)))
            try? await queue.finish(job, .retry(after: delay, problem: "\(error)"))
        }
    }

    /// A database that is away for a moment is no reason to give up: the lease outlasts it or is lost.
    private func keep(_ job: Job) async throws {
        do {
            try await queue.extend(job)
        } catch let error as SwitchyardError {
            throw error
        } catch {
            logger.warning("a lease could not be extended", metadata: ["job": "\(job.id)", "error": "\(error)"])
        }
    }
}
