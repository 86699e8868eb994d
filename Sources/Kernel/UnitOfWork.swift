import FoundationEssentials
public import PostgresClient
import Resources

/// An open transaction of one workspace, in which rows change together with the events that say so and the jobs that follow.
public struct UnitOfWork: Sendable {
    public let transaction: Transaction
    public let access: Access

    init(transaction: Transaction, access: Access) {
        self.transaction = transaction
        self.access = access
    }

    @discardableResult
    public func query(_ sql: SQL) async throws -> [Row] {
        try await transaction.query(sql)
    }

    /// Appends an event to a stream, such as `deployment/<id>`, and returns the stream's new version.
    ///
    /// The workspace's appends are in line behind one lock that ends with the transaction, so positions become visible in
    /// order: who has seen position 10 never later finds a 9.
    ///
    /// - Parameter expecting: The version that the change was decided on; nil takes whatever is there.
    /// - Throws: `VERSION_CONFLICT` when the stream has moved on.
    @discardableResult
    public func append<Event: EventPayload>(_ event: Event, to stream: String, expecting: Int? = nil) async throws -> Int {
        let workspace = access.workspace
        let data = try JSONText.encode(event)
        try await query("select pg_advisory_xact_lock(hashtextextended(\(workspace.description), 1))")
        let rows = try await query(
            """
            insert into switchyard.events (workspace_id, stream, version, type, data, actor)
            select \(workspace.uuid), \(stream), coalesce(max(version), 0) + 1, \(Event.type), \(data)::jsonb, \(access.caller.name)
            from switchyard.events where workspace_id = \(workspace.uuid) and stream = \(stream)
            having \(expecting)::integer is null or coalesce(max(version), 0) = \(expecting)::integer
            returning version
            """)
        guard let version = try rows.first?.get("version", as: Int.self) else {
            throw SwitchyardError(
                .conflict, code: "VERSION_CONFLICT", "\(stream) was changed by somebody else meanwhile", hint: "look at it again, and retry"
            )
        }
        try await query("select pg_notify(\(EventStore.channel), \(workspace.description))")
        return version
    }

    /// Puts a job in line. It can be claimed once this transaction has landed.
    public func enqueue(_ job: NewJob) async throws {
        try await query(
            """
            insert into switchyard.jobs (id, workspace_id, kind, key, payload, priority, run_at)
            values (\(job.id.uuid), \(access.workspace.uuid), \(job.kind), \(job.key), \(job.payload)::jsonb, \(job.priority),
                    coalesce(\(job.runAt)::timestamptz, now()))
            """)
        try await query("select pg_notify(\(JobQueue.channel), \(job.kind))")
    }

    /// Refuses to go on unless the job is still leased to the worker that holds it: for every write that a job makes.
    ///
    /// - Throws: `LEASE_LOST`.
    public func requireLease(_ job: Job) async throws {
        let rows = try await query(
            "select 1 from switchyard.jobs where id = \(job.id.uuid) and fence = \(job.fence) and leased_by is not null for share")
        guard !rows.isEmpty else { throw JobQueue.leaseLost(job) }
    }
}
