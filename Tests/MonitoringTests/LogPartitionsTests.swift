import FoundationEssentials
import Kernel
import PostgresClient
import Resources
import Testing

@testable import Monitoring

@Suite(.timeLimit(.minutes(1))) struct LogPartitionsTests {
    @Test("days are made ahead and dropped after the retention, by several processes at once")
    func rollsOver() async throws {
        try await withLogs { logs in
            let client = logs.client
            let origin = logs.origin()
            for days in [7, 8, 30] {
                _ = try await client.batch([
                    "select set_config('test.day', to_char((now() at time zone 'utc')::date - \(days)::integer, 'YYYYMMDD'), true)",
                    """
                    do $$ declare day date := to_date(current_setting('test.day'), 'YYYYMMDD'); begin
                        execute format('create table switchyard.%I partition of switchyard.logs for values from (%L) to (%L)',
                            'logs_' || current_setting('test.day'), day::text || ' 00:00:00+00', (day + 1)::text || ' 00:00:00+00');
                    end $$
                    """,
                    """
                    insert into switchyard.logs (kept_at, workspace_id, environment_id, service_id, deployment_id, kind, time, level, text)
                    values ((now() at time zone 'utc')::date - \(days)::integer + time '12:00' at time zone 'utc', \(logs.access.workspace.uuid), \(origin.environment.uuid),
                        \(origin.service.uuid), \(origin.deployment.uuid), 'BUILD', now(), 'INFO', \(days)::integer::text)
                    """,
                ])
            }
            let partitions = LogPartitions(client: client, retentionDays: 7)
            let dropped = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        try await partitions.prepare()
                        return try await partitions.expire()
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(dropped == 2)
            let lines = try await logs.service.lines(logs.access, of: .deployment(origin.deployment), after: 0).items
            #expect(lines.map(\.text) == ["7"])
            let rows = try await client.query("select count(*) as days from pg_inherits where inhparent = 'switchyard.logs'::regclass")
            #expect(try rows.first?.get("days", as: Int.self) == 4)
        }
    }

    @Test("a day that is missing is made when the first line comes")
    func makesTheMissingDay() async throws {
        try await withLogs { logs in
            let rows = try await logs.client.query(
                "select inhrelid::regclass::text as name from pg_inherits where inhparent = 'switchyard.logs'::regclass")
            for row in rows {
                let name: String = try row.get("name")
                _ = try await logs.client.query("drop table switchyard.\(identifier: name.replacing("switchyard.", with: ""))")
            }
            let origin = logs.origin()
            try await logs.running {
                await logs.writer.append(BuildLine(origin: origin, text: "after midnight"))
                try await logs.writer.finishBuild(origin)
            }
            let lines = try await logs.service.lines(logs.access, of: .deployment(origin.deployment), after: 0).items
            #expect(lines.map(\.text) == ["after midnight"])
        }
    }
}
