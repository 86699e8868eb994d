import Kernel
import PostgresClient

/// The days of the table `logs`: made ahead, dropped when they are old. Safe in several processes at once.
struct LogPartitions: Sendable {
    private static let daysAhead = 2

    let client: PostgresClient
    let retentionDays: Int

    /// Makes the partitions of today and the next days where they are missing.
    func prepare() async throws {
        _ = try await client.query("select switchyard.prepare_log_partitions(\(Self.daysAhead))")
    }

    /// Drops the days that are older than the retention, and the places in log files that nobody has followed for as long.
    ///
    /// - Returns: How many days were dropped.
    func expire() async throws -> Int {
        let rows = try await client.query("select switchyard.expire_logs(\(retentionDays)) as days")
        return try rows.first?.get("days") ?? 0
    }
}
