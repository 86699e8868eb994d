import FoundationEssentials
import Kernel
public import Logging
public import PostgresClient
import Resources

/// Takes lines from builds and from containers' logs and keeps them in batches. Nobody who writes a line waits for PostgreSQL
/// as long as there is room.
public actor LogWriter {
    /// Lines gather for this long, so that a batch is worth a transaction.
    private static let gathering = Duration.milliseconds(50)
    private static let gatheredLines = 1_000
    /// How long a build waits for room before its line is lost.
    private static let patience = Duration.seconds(10)

    let table: LogTable
    private let partitions: LogPartitions
    private let settings: LogSettings
    private let logger: Logger
    private var buffer = LogBuffer()
    /// What is being written; it keeps its number until it is known to have landed.
    private var batch: (items: [LogBuffer.Item], number: Int64)?
    private var builds: [Deployment.ID: LineBudget] = [:]
    private var lost: [LogOrigin: Int] = [:]
    private var overtaken: Set<String> = []
    private var waiters: [(target: Int, continuation: AsyncStream<Void>.Continuation)] = []
    private var isEnded = false
    private let wake: AsyncStream<Void>.Continuation
    private let wakes: AsyncStream<Void>

    public init(client: PostgresClient, settings: LogSettings, logger: Logger) {
        table = LogTable(client: client, writer: UUID())
        partitions = LogPartitions(client: client, retentionDays: settings.retentionDays)
        self.settings = settings
        self.logger = logger
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes a line of a build; beyond the limit it is counted and dropped. Waits some seconds when there is no room.
    public func append(_ line: BuildLine) async {
        let origin = line.origin
        var budget = builds[origin.deployment] ?? LineBudget()
        let rate = settings.buildLinesPerSecond
        let dropped = budget.advance(to: Int64(line.time.timeIntervalSince1970.rounded(.down)), rate: rate, burst: rate * 2)
        let isKept = budget.take()
        builds[origin.deployment] = budget
        if dropped > 0 { add(Self.notice(dropped: dropped, rate: rate, origin: origin, time: line.time)) }
        guard isKept else { return }
        guard await waitForRoom(atMost: Self.patience) else {
            lost[origin, default: 0] += 1
            return
        }
        if let count = lost.removeValue(forKey: origin) {
            add(Self.build(origin, line.time, .warn, "\(count) lines lost: they could not be kept in time"))
        }
        add(Self.build(origin, line.time, line.level, LogText.clean(line.text)))
    }

    /// Ends a build's lines: says how many were dropped at the end, and returns when all are kept and can be read.
    ///
    /// - Throws: `LOGS_UNAVAILABLE` when the writer ends before.
    public func finishBuild(_ origin: LogOrigin) async throws {
        if var budget = builds.removeValue(forKey: origin.deployment) {
            let dropped = budget.takeDropped()
            if dropped > 0 { add(Self.notice(dropped: dropped, rate: settings.buildLinesPerSecond, origin: origin, time: Date())) }
        }
        if let count = lost.removeValue(forKey: origin) {
            add(Self.build(origin, Date(), .warn, "\(count) lines lost: they could not be kept in time"))
        }
        try await flush()
    }

    /// Returns when all lines that were taken before are kept.
    ///
    /// - Throws: `LOGS_UNAVAILABLE` when the writer or the task ends before.
    public func flush() async throws {
        let target = buffer.added
        guard buffer.removed < target else { return }
        if !isEnded {
            let (stream, continuation) = AsyncStream<Void>.makeStream()
            waiters.append((target, continuation))
            for await _ in stream {}
        }
        guard buffer.removed >= target else {
            throw SwitchyardError(
                .unavailable, code: "LOGS_UNAVAILABLE", "log lines are still waiting to be kept", hint: "check that PostgreSQL is running")
        }
    }

    /// Keeps what was taken until cancelled, then what is left, if PostgreSQL takes it at once.
    public func run() async {
        for await _ in wakes {
            while !buffer.isEmpty, !Task.isCancelled {
                if buffer.lines < Self.gatheredLines { try? await Task.sleep(for: Self.gathering) }
                await keepBatch()
            }
        }
        // A task of its own: this one is cancelled, and so would be its statements.
        await Task { await keepRest() }.value
        isEnded = true
        for waiter in waiters { waiter.continuation.finish() }
        waiters = []
    }

    /// Takes lines of a container's log, then waits until there is room for more.
    func append(_ lines: TailedLines) async {
        buffer.append(.container(lines))
        wake.yield()
        _ = await waitForRoom(atMost: nil)
    }

    /// The sources that somebody else has read: their followers have to load their place.
    func takeOvertaken() -> Set<String> {
        defer { overtaken = [] }
        return overtaken
    }

    private func add(_ entry: LogEntry) {
        buffer.append(.build(entry))
        wake.yield()
    }

    /// Looks again and again: room is short only while PostgreSQL is away.
    private func waitForRoom(atMost limit: Duration?) async -> Bool {
        let deadline = limit.map { ContinuousClock.now + $0 }
        while buffer.isFull {
            if let deadline, ContinuousClock.now > deadline { return false }
            do { try await Task.sleep(for: .milliseconds(20)) } catch { return false }
        }
        return true
    }

    /// Keeps the oldest batch, however long PostgreSQL is away, unless the task is cancelled.
    private func keepBatch() async {
        var pause = Duration.milliseconds(50)
        while !Task.isCancelled {
            do {
                return try await writeBatch()
            } catch {
                await mend(error)
                logger.warning("log lines could not be kept and wait", metadata: ["error": "\(error)", "lines": "\(buffer.lines)"])
                try? await Task.sleep(for: pause)
                pause = min(pause * 2, .seconds(2))
            }
        }
    }

    private func keepRest() async {
        let giveUp = ContinuousClock.now + .seconds(2)
        while !buffer.isEmpty, ContinuousClock.now < giveUp {
            do {
                try await writeBatch()
            } catch {
                logger.warning("log lines of builds were lost at the end", metadata: ["error": "\(error)", "lines": "\(buffer.lines)"])
                return
            }
        }
    }

    private func writeBatch() async throws {
        let batch = batch ?? (items: Array(buffer.batch()), number: .random(in: 1 ... .max))
        self.batch = batch
        overtaken.formUnion(try await table.write(batch.items, batch: batch.number))
        self.batch = nil
        buffer.removeFirst(batch.items.count)
        for waiter in waiters where waiter.target <= buffer.removed { waiter.continuation.finish() }
        waiters.removeAll { $0.target <= buffer.removed }
    }

    /// Makes the day's partition when it is missing: the maintenance was away at midnight.
    private func mend(_ error: any Error) async {
        guard let error = error as? PostgresError, error.sqlState == "23514" else { return }
        try? await partitions.prepare()
    }

    private static func notice(dropped: Int, rate: Int, origin: LogOrigin, time: Date) -> LogEntry {
        build(origin, time, .warn, LineBudget.notice(dropped: dropped, rate: rate, writer: "build"))
    }

    private static func build(_ origin: LogOrigin, _ time: Date, _ level: LogLevel, _ text: String) -> LogEntry {
        LogEntry(origin: origin, kind: .build, replica: nil, time: time, level: level, text: text)
    }
}
