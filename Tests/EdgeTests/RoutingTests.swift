import Edge
import NIOHTTP1
import Testing

extension EdgeTests {
    @Suite struct RoutingTests {
        @Test("a route is live in every worker when the change returns, and gone when its removal does")
        func liveAtOnce() async throws {
            try await TestEdge.with { edge in
                try await Upstream.with("first") { first in
                    try await Upstream.with("second") { second in
                        for round in 1...20 {
                            let upstream = round.isMultiple(of: 2) ? first : second
                            try await edge.control.apply(
                                try Route(host: "app.test", endpoints: [upstream.endpoint()]), revision: Int64(round))
                            for _ in 0..<4 { #expect(try await edge.request("app.test").body == upstream.name) }
                        }
                        try await edge.control.remove(host: "app.test", revision: 21)
                        for _ in 0..<4 { #expect(try await edge.request("app.test").status == 404) }
                        #expect(try await edge.control.route(host: "app.test") == nil)
                    }
                }
            }
        }

        @Test("hosts are found whatever their case, final dot and port; an exact one before a wildcard of one level")
        func spellings() async throws {
            try await TestEdge.with { edge in
                try await Upstream.with("exact") { exact in
                    try await Upstream.with("wildcard") { wildcard in
                        let table = try RouteTable([
                            Route(host: "API.Example.com.", endpoints: [exact.endpoint()]),
                            Route(host: "*.example.com", endpoints: [wildcard.endpoint()]),
                        ])
                        try await edge.control.replaceAll(table, revision: 1)
                        for host in [
                            "api.example.com", "API.EXAMPLE.COM", "api.example.com.", "Api.example.com:8080", "api.example.com.:80",
                        ] {
                            #expect(try await edge.request(host).body == "exact", "\(host)")
                        }
                        #expect(try await edge.request("other.example.com").body == "wildcard")
                        for host in ["a.b.example.com", "example.com", "xexample.com", "*.b.example.com", "127.0.0.1"] {
                            #expect(try await edge.request(host).status == 404, "\(host)")
                        }
                        #expect(try await edge.control.table().table == table)
                    }
                }
            }
        }

        @Test("2,000 routes are taken at once, all work, and one more is live among them")
        func manyRoutes() async throws {
            try await TestEdge.with { edge in
                try await Upstream.with("app") { upstream in
                    let endpoint = try upstream.endpoint()
                    let routes = try (0..<2000).map { try Route(host: "app-\($0).test", endpoints: [endpoint]) }
                    try await edge.control.replaceAll(RouteTable(routes), revision: 1)
                    #expect(try await edge.control.status().routes == 2000)
                    for number in stride(from: 0, to: 2000, by: 37) {
                        #expect(try await edge.request("app-\(number).test").body == "app")
                    }
                    try await edge.control.apply(try Route(host: "new.test", endpoints: [endpoint]), revision: 2)
                    #expect(try await edge.request("new.test").body == "app")
                    #expect(try await edge.control.status().saved)
                }
            }
        }

        @Test("a poisoned table or route is refused as a whole, and the last good one goes on")
        func poisonedTable() async throws {
            try await TestEdge.with { edge in
                try await Upstream.with("good") { upstream in
                    let route = try Route(host: "good.test", endpoints: [upstream.endpoint()])
                    try await edge.control.replaceAll(RouteTable([route]), revision: 1)
                    let bad = [
                        #"{"host":"bad.test"}"#, #"{"host":"BAD.test","endpoints":[]}"#, #"{"host":"bad test","endpoints":[]}"#,
                        #"{"host":"bad.test\n","endpoints":[]}"#, #"{"host":"..","endpoints":[]}"#, #"{"host":5,"endpoints":[]}"#,
                        #"{"host":"bad.test","endpoints":[{"address":"evil.example","port":80}]}"#,
                        #"{"host":"bad.test","endpoints":[{"address":"127.0.0.1","port":0}]}"#,
                        #"{"host":"bad.test","endpoints":[{"address":"127.0.0.1","port":70000}]}"#,
                        #"{"host":"bad.test","endpoints":[{"address":"127.0.0.1","port":"80"}]}"#,
                        #"{"host":"bad.test","endpoints":[{"address":"1.2.3.4","port":80,"deployment":"a\"b"}]}"#,
                        #"{"host":"bad.test","endpoints":[{"address":"1.2.3.4","port":80},{"address":"1.2.3.4","port":80}]}"#,
                        #"{"host":"bad.test","endpoints":{"a":1}}"#, #"{"host":"bad.test","endpoints":[],"hold":"yes"}"#, "null", "7",
                        #""x""#,
                    ]
                    for poison in bad {
                        let table = try await edge.rawChange(
                            "/routes", #"{"revision":9,"routes":[{"host":"new.test","endpoints":[]},\#(poison)]}"#)
                        #expect(table.status == "422", "\(poison): \(table.body)")
                        let single = try await edge.rawChange("/routes/bad.test", #"{"revision":9,"route":\#(poison)}"#)
                        #expect(single.status == "422", "\(poison): \(single.body)")
                    }
                    for body in [
                        "", "{", "[]", #"{"routes":[]}"#, #"{"revision":-1,"routes":[]}"#, #"{"revision":9}"#,
                        #"{"revision":9,"routes":{"a":{}}}"#,
                    ] {
                        let reply = try await edge.rawChange("/routes", body)
                        #expect(reply.status == "400" || reply.status == "422", "\(body): \(reply.body)")
                    }
                    #expect(try await edge.control.table().table.sorted == [route])
                    #expect(try await edge.control.status().revision == 1)
                    #expect(try await edge.request("good.test").body == "good")
                }
            }
        }

        @Test("an old writer can neither undo a newer change, nor bring back what was removed, nor outlast a new table")
        func revisions() async throws {
            try await TestEdge.with { edge in
                let control = edge.control
                let old = try Route(host: "app.test", endpoints: [], service: "old")
                let new = try Route(host: "app.test", endpoints: [], service: "new")
                func isRefused(_ change: () async throws -> Void) async -> Bool {
                    do {
                        try await change()
                        return false
                    } catch {
                        return (error as? EdgeError)?.code == .oldRevision
                    }
                }
                try await control.apply(new, revision: 10)
                #expect(await isRefused { try await control.apply(old, revision: 9) })
                #expect(await isRefused { try await control.remove(host: "app.test", revision: 9) })
                #expect(await isRefused { try await control.replaceAll(RouteTable(), revision: 9) })
                #expect(try await control.route(host: "app.test") == new)
                // The same revision again is a repetition; other hosts go their own way.
                try await control.apply(new, revision: 10)
                try await control.apply(try Route(host: "other.test", endpoints: []), revision: 3)
                try await control.remove(host: "app.test", revision: 11)
                #expect(await isRefused { try await control.apply(old, revision: 10) })
                try await control.replaceAll(RouteTable(), revision: 20)
                #expect(await isRefused { try await control.apply(old, revision: 19) })
                // Up to 2^53, so that times in microseconds can be revisions.
                try await control.apply(new, revision: 1_795_393_546_859_123)
                #expect(try await control.status().revision == 1_795_393_546_859_123)
                #expect(await isRefused { try await control.apply(old, revision: 1_795_393_546_859_122) })
            }
        }

        @Test("an unknown host gets a page, or JSON where that is asked for, with a stable code and a request id")
        func unknownHost() async throws {
            try await TestEdge.with { edge in
                let page = try await edge.request("nobody.test", "/x?secret=1", headers: [("accept", "text/html,application/json")])
                #expect(page.status == 404)
                #expect(page.error == "HOST_UNKNOWN")
                #expect(page.headers.first(name: "content-type")?.hasPrefix("text/html") == true)
                let id = try #require(page.headers.first(name: "x-railway-request-id"))
                #expect(id.utf8.count == 32)
                #expect(page.body.contains("<h1>Nothing is here yet</h1>") && page.body.contains(id))
                let json = try await edge.request("nobody.test", method: .POST, headers: [("accept", "application/json")], body: "x")
                #expect(json.body.contains(#""code":"HOST_UNKNOWN""#) && json.body.contains("requestId"))
            }
        }

        @Test("plain HTTP is sent to HTTPS where the route says so, with path and query")
        func redirect() async throws {
            try await TestEdge.with({ $0.publicHTTPSPort = 443 }) { edge in
                try await edge.control.apply(try Route(host: "app.test", endpoints: [], redirect: true), revision: 1)
                let connection = try await RawConnection.with(port: edge.configuration.httpPort) { connection in
                    try await connection.send("GET /a%20b?c=d HTTP/1.1\r\nHost: APP.test:80\r\nConnection: close\r\n\r\n")
                    return await connection.readToEnd()
                }
                #expect(connection.hasPrefix("HTTP/1.1 308 "))
                #expect(connection.contains("Location: https://app.test/a%20b?c=d\r\n"))
            }
        }
    }
}
