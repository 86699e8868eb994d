import FoundationEssentials
import Kernel
import PostgresClient
import Resources
import Testing

@testable import Monitoring

@Suite(.timeLimit(.minutes(1))) struct LogQueryTests {
    @Test("a page costs a page, as the tenant and among many lines", arguments: [nil, 25_000] as [Int64?])
    func costsAPage(after: Int64?) async throws {
        try await withLogs { logs in
            let origin = logs.origin()
            _ = try await logs.client.query(
                """
                insert into switchyard.logs (workspace_id, environment_id, service_id, deployment_id, kind, time, level, text)
                select \(logs.access.workspace.uuid), \(origin.environment.uuid), \(origin.service.uuid),
                    case when n % 10 = 0 then \(origin.deployment.uuid) else gen_random_uuid() end, 'DEPLOY', now(), 'INFO', n::text
                from generate_series(1, 50000) as n
                """)
            _ = try await logs.client.query("analyze switchyard.logs")
            for scope in [LogScope.deployment(origin.deployment), .service(origin.service, in: origin.environment)] {
                for kind in [nil, LogKind.deploy] {
                    let query = LogQuery(scope: scope, kind: kind, after: after, limit: 20).sql
                    // The first times, catalogues are read as well.
                    for _ in 0..<4 { _ = try await logs.database.query(logs.access, query) }
                    let rows = try await logs.database.query(logs.access, "explain (analyze, buffers) \(query)")
                    let plan = try rows.map { try $0.get("QUERY PLAN", as: String.self) }.joined(separator: "\n")
                    let pages = plan.firstMatch(of: /Buffers: shared hit=(\d+)/).flatMap { Int($0.1) }
                    // The deployment's lines are in each of the table's 900 pages.
                    #expect(try #require(pages) < 300, "\(plan)")
                    #expect(plan.contains("actual time") && plan.contains("rows=20 loops=1"), "\(plan)")
                }
            }
        }
    }
}
