public import Kernel
public import Logging

/// The parts of logs, put together: what the composition root makes and runs.
public struct LogPipeline: Sendable {
    /// The PostgreSQL channel on which new lines are announced; the ``Wakeups`` have to listen on it.
    public static let channel = LogTable.channel
    private static let maintenance = Duration.seconds(3_600)

    public let writer: LogWriter
    public let ingest: LogIngest
    public let service: LogService
    private let partitions: LogPartitions
    private let logger: Logger

    /// - Parameter wakeups: Has to listen on ``channel``, and is run by its owner.
    public init(database: Database, wakeups: Wakeups, settings: LogSettings = LogSettings(), logger: Logger) {
        writer = LogWriter(client: database.client, settings: settings, logger: logger)
        ingest = LogIngest(writer: writer, settings: settings, logger: logger)
        service = LogService(database: database, wakeups: wakeups)
        partitions = LogPartitions(client: database.client, retentionDays: settings.retentionDays)
        self.logger = logger
    }

    /// Reads, keeps and expires lines until cancelled.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await writer.run() }
            group.addTask { await ingest.run() }
            group.addTask { await maintain() }
        }
    }

    /// Makes tomorrow's partition and drops what is too old, now and each hour.
    private func maintain() async {
        while !Task.isCancelled {
            do {
                try await partitions.prepare()
                let days = try await partitions.expire()
                if days > 0 { logger.info("dropped old log lines", metadata: ["days": "\(days)"]) }
            } catch {
                logger.warning("the partitions of the logs could not be kept up", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: Self.maintenance)
        }
    }
}
