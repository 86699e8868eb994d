import Edge
import FoundationEssentials
import Glibc
import NIOHTTP1
import Testing

extension EdgeTests {
    @Suite struct ObservationTests {
        @Test("requests are counted by route with their latency, and a made-up host adds no label")
        func metrics() async throws {
            try await TestEdge.with { edge in
                try await Upstream.with("app") { upstream in
                    try await edge.control.apply(try Route(host: "*.app.test", endpoints: [upstream.endpoint()]), revision: 1)
                    for number in 0..<10 { _ = try await edge.request("x\(number).app.test") }
                    for number in 0..<5 { _ = try await edge.request("made-up-\(number).test") }
                    let expected = [
                        #"switchyard_edge_requests_total{host="*.app.test",status="2xx"} 10"#,
                        #"switchyard_edge_requests_total{host="unknown",status="4xx"} 5"#,
                        #"switchyard_edge_request_seconds_count{host="*.app.test"} 10"#,
                        #"switchyard_edge_request_seconds_bucket{host="*.app.test",le="+Inf"} 10"#, "switchyard_edge_routes 1",
                    ]
                    // Each worker hands its counts over once a second.
                    #expect(
                        await eventually {
                            guard let text = try? await edge.control.metrics() else { return false }
                            return expected.allSatisfy { text.contains($0) } && !text.contains("made-up")
                        })
                }
            }
        }

        private struct Line: Decodable {
            var id: String
            var host: String
            var method: String
            var path: String
            var status: Int
            var duration: Double
            var upstream: String
            var bytes: Int
            var deployment: String
            var client: String
            var error: String
        }

        @Test("each request is one JSON line with what happened, without its query, and old logs are moved aside")
        func requestLog() async throws {
            try await TestEdge.with({
                $0.logLimit = 2000
                $0.keptLogs = 2
            }) { edge in
                try await Upstream.with("app") { upstream in
                    try await edge.control.apply(
                        try Route(host: "app.test", endpoints: [upstream.endpoint(deployment: "d-1")]), revision: 1)
                    let answer = try await edge.request("app.test", "/a\"b?secret=1", method: .POST, body: "x")
                    _ = try await edge.request("nobody.test", "/none?secret=1")
                    let log = edge.configuration.requestLog
                    #expect(await eventually { (try? String(contentsOfFile: log, encoding: .utf8))?.count(where: { $0 == "\n" }) == 2 })
                    let text = try String(contentsOfFile: log, encoding: .utf8)
                    #expect(!text.contains("secret"))
                    let lines = try text.split(separator: "\n").map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
                    #expect(lines[0].id == answer.headers.first(name: "x-railway-request-id"))
                    #expect(lines[0].host == "app.test" && lines[0].method == "POST" && lines[0].status == 200 && lines[0].bytes == 3)
                    #expect(lines[0].deployment == "d-1" && lines[0].client == "127.0.0.1")
                    #expect(try lines[0].upstream.hasSuffix(" " + upstream.endpoint().authority))
                    #expect(
                        lines[1].status == 404 && lines[1].error == "HOST_UNKNOWN" && lines[1].path == "/none" && lines[1].deployment == "")

                    let task = Task { await edge.process.run() }
                    for _ in 0..<12 { _ = try await edge.request("app.test") }
                    #expect(await eventually { access(log + ".1", R_OK) == 0 })
                    // nginx writes to the new file, which may itself have been moved aside by now.
                    _ = try await edge.request("app.test", "/after")
                    #expect(
                        await eventually {
                            [log, log + ".1"].contains { (try? String(contentsOfFile: $0, encoding: .utf8))?.contains("/after") == true }
                        })
                    #expect(access(log + ".3", F_OK) != 0)
                    task.cancel()
                    await task.value
                }
            }
        }

        @Test("the edge keeps its keys, tables and socket to itself")
        func permissions() async throws {
            try await TestEdge.with { edge in
                try await edge.control.apply(try Route(host: "app.test", endpoints: []), revision: 1)
                func mode(_ path: String) -> mode_t {
                    var status = stat()
                    stat(edge.configuration.folder + path, &status)
                    return status.st_mode & 0o777
                }
                #expect(mode("/run/admin.sock") == 0o600)
                #expect(mode("/run") == 0o700 && mode("/tls") == 0o700 && mode("/state") == 0o700)
                #expect(mode("/tls/fallback.key") == 0o600 && mode("/nginx.conf") == 0o600)
            }
        }
    }
}
