import FoundationEssentials
public import PostgresClient
import Resources

/// The table of jobs: claims with `FOR UPDATE SKIP LOCKED`, leases that end by themselves, fences against a worker that
/// comes back too late.
public struct JobQueue: Sendable {
    static let channel = "switchyard_jobs"
    private let client: PostgresClient
    /// How long a claim holds without a sign of life.
    let lease: Duration

    public init(client: PostgresClient, lease: Duration = .seconds(15)) {
        self.client = client
        self.lease = lease
    }

    /// Takes the next due job of some kinds that is the oldest of its key.
    func claim(kinds: [String], worker: String) async throws -> Job? {
        let rows = try await client.transaction { [lease] transaction in
            // Claims are in line: two of them could otherwise each take a job of one key.
            try await transaction.query("select pg_advisory_xact_lock(7310415263142)")
            return try await transaction.query(
                """
                update switchyard.jobs set leased_by = \(worker), leased_until = now() + make_interval(secs => \(lease.seconds)),
                    fence = fence + 1, attempts = attempts + 1
                where id = (
                    select id from switchyard.jobs candidate
                    where kind = any(\(kinds)) and run_at <= now() and (leased_by is null or leased_until < now())
                      and not exists (
                        select from switchyard.jobs older
                        where older.key = candidate.key and older.id < candidate.id
                      )
                    order by priority desc, run_at, id limit 1
                    for update skip locked
                )
                returning id, workspace_id, kind, key, attempts, fence, payload::text as payload
                """)
        }
        guard let row = rows.first else { return nil }
        return Job(
            id: .init(uuid: try row.get("id")), workspace: .init(uuid: try row.get("workspace_id")), kind: try row.get("kind"),
            key: try row.get("key"), attempts: try row.get("attempts"), fence: try row.get("fence"), payloadText: try row.get("payload"))
    }

    /// Extends a lease.
    ///
    /// - Throws: `LEASE_LOST` when somebody else has it by now.
    func extend(_ job: Job) async throws {
        let rows = try await client.query(
            """
            update switchyard.jobs set leased_until = now() + make_interval(secs => \(lease.seconds))
            where id = \(job.id.uuid) and fence = \(job.fence) and leased_by is not null returning id
            """)
        guard !rows.isEmpty else { throw Self.leaseLost(job) }
    }

    func finish(_ job: Job, _ outcome: JobOutcome) async throws {
        switch outcome {
        case .done:
            try await client.query("delete from switchyard.jobs where id = \(job.id.uuid) and fence = \(job.fence)")
        case .retry(let delay, let problem):
            try await client.query(
                """
                update switchyard.jobs set leased_by = null, leased_until = null, last_problem = \(problem),
                    run_at = now() + make_interval(secs => \(delay.seconds))
                where id = \(job.id.uuid) and fence = \(job.fence)
                """)
        }
        try await client.query("select pg_notify(\(Self.channel), \(job.kind))")
    }

    /// Frees the leases of a worker that is known to be dead: an earlier process of the same node, whose data folder's lock
    /// this process now holds.
    public func releaseLeases(of worker: String) async throws {
        try await client.query(
            "update switchyard.jobs set leased_by = null, leased_until = null where leased_by = \(worker)")
    }

    static func leaseLost(_ job: Job) -> SwitchyardError {
        SwitchyardError(.conflict, code: "LEASE_LOST", "the job \(job.id) (\(job.kind)) is another worker's by now")
    }
}

extension Duration {
    /// In seconds, for `make_interval`.
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
