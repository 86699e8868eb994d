import Edge
import FoundationEssentials
import NIOHTTP1
import Processes
import Synchronization
import Testing

extension EdgeTests {
    @Suite struct ProxyTests {
        @Test("a replica that refuses connections costs no request, whatever the method")
        func deadEndpoint() async throws {
            try await TestEdge.with { edge in
                try await Upstream.with("alive") { alive in
                    let dead = try Endpoint(address: "127.0.0.1", port: TestEdge.freePort())
                    try await edge.control.apply(try Route(host: "app.test", endpoints: [dead, alive.endpoint()]), revision: 1)
                    for number in 0..<100 {
                        let method: HTTPMethod = number.isMultiple(of: 2) ? .GET : .POST
                        let answer = try await edge.request("app.test", method: method, body: method == .POST ? "data" : nil)
                        #expect(answer.status == 200 && answer.body == "alive")
                    }
                    #expect(alive.requests.count == 100)
                    #expect(alive.bodyBytes == 200)
                    #expect(await eventually { (try? await edge.control.inFlight()) == [:] })
                }
            }
        }

        @Test("a request that changes something is never sent twice; a GET may be")
        func notRepeated() async throws {
            try await TestEdge.with { edge in
                try await Upstream.with("first") { first in
                    try await Upstream.with("second") { second in
                        try await edge.control.apply(
                            try Route(host: "app.test", endpoints: [first.endpoint(), second.endpoint()]), revision: 1)
                        for (number, method) in ["POST", "PUT", "DELETE", "PATCH"].enumerated() {
                            let answer = try await edge.request(
                                "app.test", "/close", method: HTTPMethod(rawValue: method), body: method == "DELETE" ? nil : "x")
                            #expect(answer.status == 502)
                            #expect(answer.error == "UPSTREAM_FAILED")
                            #expect(first.requests.count + second.requests.count == number + 1, "\(method)")
                        }
                        #expect(try await edge.request("app.test", "/close").status == 502)
                        #expect(first.requests.count + second.requests.count > 5)
                        #expect(await eventually { (try? await edge.control.inFlight()) == [:] })
                    }
                }
            }
        }

        @Test("what a client says about its address and the platform's own headers is replaced")
        func spoofedHeaders() async throws {
            try await TestEdge.with { edge in
                try await Upstream.with("app") { upstream in
                    try await edge.control.apply(
                        try Route(host: "app.test", endpoints: [upstream.endpoint(deployment: "d-1")]), revision: 1)
                    let spoofed = [
                        ("x-forwarded-for", "6.6.6.6"), ("x-forwarded-proto", "https"), ("x-forwarded-host", "evil.test"),
                        ("x-real-ip", "6.6.6.6"),
                        ("forwarded", "for=6.6.6.6"), ("x-request-id", "evil"), ("x-railway-request-id", "evil"), ("x-request-start", "1"),
                        ("x_forwarded_for", "6.6.6.6"), ("proxy", "evil:1"), ("x-forwarded-port", "1"), ("upgrade", "h2c"),
                    ]
                    let head = try await edge.request("app.test", "/head?a=b", headers: spoofed).body
                    #expect(head.hasPrefix("GET /head?a=b HTTP/1.1\r\n"))
                    #expect(!head.contains("6.6.6.6") && !head.contains("evil") && !head.lowercased().contains("h2c"), "\(head)")
                    #expect(head.contains("Host: app.test\r\n"))
                    #expect(head.contains("X-Forwarded-For: 127.0.0.1\r\n"))
                    #expect(head.contains("X-Real-IP: 127.0.0.1\r\n"))
                    #expect(head.contains("X-Forwarded-Proto: http\r\n"))
                    #expect(head.contains("X-Forwarded-Host: app.test\r\n"))
                    #expect(head.contains("X-Request-Id: ") && head.contains("X-Railway-Request-Id: "))
                    let start = try #require(head.firstMatch(of: /X-Request-Start: (\d{13})\r\n/)?.1)
                    #expect(abs((Double(start) ?? 0) / 1000 - Date().timeIntervalSince1970) < 10)
                }
            }
        }

        @Test("which deployment answered is told to the platform alone, and an application can't pretend")
        func verifyHeader() async throws {
            try await TestEdge.with { edge in
                try await Upstream.with("app") { upstream in
                    try await edge.control.apply(
                        try Route(host: "app.test", endpoints: [upstream.endpoint(deployment: "d-1")]), revision: 1)
                    let asked = try await edge.request("app.test", "/head", headers: [("x-switchyard-verify", TestEdge.token)])
                    #expect(asked.headers["x-switchyard-deployment"] == ["d-1"])
                    #expect(!asked.body.contains(TestEdge.token))
                    let guessed = try await edge.request("app.test", headers: [("x-switchyard-verify", "guess")])
                    #expect(guessed.headers["x-switchyard-deployment"] == [])
                    let spoofed = try await edge.request("app.test", "/spoof")
                    #expect(spoofed.headers["x-switchyard-deployment"] == [] && spoofed.headers["x-switchyard-error"] == [])
                }
            }
        }

        @Test("a WebSocket outlives its route, is counted as long as it is open, and then its replica is drained")
        func webSocket() async throws {
            try await TestEdge.with { edge in
                try await Upstream.with("old") { old in
                    try await Upstream.with("new") { new in
                        let endpoint = try old.endpoint()
                        try await edge.control.apply(try Route(host: "app.test", endpoints: [endpoint]), revision: 1)
                        try await RawConnection.with(port: edge.configuration.httpPort) { connection in
                            try await connection.send(
                                "GET /socket HTTP/1.1\r\nHost: app.test\r\nUpgrade: WebSocket\r\nConnection: upgrade\r\n\r\n")
                            #expect(try await connection.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 101 "))
                            try await edge.control.apply(try Route(host: "app.test", endpoints: [new.endpoint()]), revision: 2)
                            #expect(try await edge.request("app.test").body == "new")
                            try await connection.send("ping-1")
                            #expect(try await connection.read(until: "ping-1").hasSuffix("ping-1"))
                            #expect(try await edge.control.inFlight() == [endpoint.authority: 1])
                            #expect(try await edge.control.drained([endpoint], within: .milliseconds(100)) == false)
                        }
                        #expect(try await edge.control.drained([endpoint], within: .seconds(10)))
                    }
                }
            }
        }

        @Test("an upload reaches the application while it is still being sent")
        func streamedUpload() async throws {
            try await TestEdge.with { edge in
                try await Upstream.with("app") { upstream in
                    try await edge.control.apply(try Route(host: "app.test", endpoints: [upstream.endpoint()]), revision: 1)
                    let half = String(repeating: "x", count: 100_000)
                    try await RawConnection.with(port: edge.configuration.httpPort) { connection in
                        try await connection.send("POST /upload HTTP/1.1\r\nHost: app.test\r\nContent-Length: 200000\r\n\r\n" + half)
                        #expect(await eventually { upstream.bodyBytes == 100_000 })
                        try await connection.send(half)
                        #expect(try await connection.read(until: "app").hasPrefix("HTTP/1.1 200 "))
                    }
                }
            }
        }

        @Test("100 MB go through without touching the disk, with a length and chunked, by HTTP/1.1 and HTTP/2")
        func largeUpload() async throws {
            try await TestEdge.with { edge in
                try await Upstream.with("app") { upstream in
                    try await edge.control.apply(try Route(host: "app.test", endpoints: [upstream.endpoint()]), revision: 1)
                    let file = edge.configuration.folder + "/upload"
                    #expect(try await Command("truncate", ["-s", "100M", file]).run().isSuccess)
                    let plain = "http://127.0.0.1:\(edge.configuration.httpPort)/upload"
                    let secure = "https://127.0.0.1:\(edge.configuration.httpsPort)/upload"
                    for arguments in [
                        ["-T", file, plain], ["-H", "Transfer-Encoding: chunked", "-T", file, plain],
                        ["-k", "--http2", "-T", file, secure],
                    ] {
                        let before = upstream.bodyBytes
                        let finished = try await Command("curl", ["-sS", "-H", "Host: app.test", "-w", " %{http_code}"] + arguments).run()
                        #expect(finished.output == "app 200", "\(finished)")
                        #expect(upstream.bodyBytes - before >= 100 << 20)
                    }
                    let folders = try FileManager.default.subpathsOfDirectory(atPath: edge.configuration.folder + "/tmp/body")
                    #expect(folders.isEmpty)
                }
            }
        }

        @Test("server-sent events arrive one by one")
        func events() async throws {
            try await TestEdge.with { edge in
                try await Upstream.with("app") { upstream in
                    try await edge.control.apply(try Route(host: "app.test", endpoints: [upstream.endpoint()]), revision: 1)
                    try await RawConnection.with(port: edge.configuration.httpPort) { connection in
                        try await connection.send("GET /events HTTP/1.1\r\nHost: app.test\r\n\r\n")
                        #expect(try await connection.read(until: "data: 1").contains("data: 1"))
                        upstream.release()
                        #expect(try await connection.read(until: "data: 2").contains("data: 2"))
                    }
                }
            }
        }

        @Test("headers up to 32 KB pass, larger ones get a page that says so")
        func largeHeaders() async throws {
            try await TestEdge.with { edge in
                try await Upstream.with("app") { upstream in
                    try await edge.control.apply(try Route(host: "app.test", endpoints: [upstream.endpoint()]), revision: 1)
                    let fits = try await edge.request("app.test", headers: [("cookie", String(repeating: "c", count: 32_000))])
                    #expect(fits.status == 200)
                    let large = try await edge.request("app.test", headers: [("cookie", String(repeating: "c", count: 40_000))])
                    #expect(large.status == 431)
                    #expect(large.error == "HEADERS_TOO_LARGE")
                }
            }
        }

        @Test("a service without a healthy replica, one that hangs, and one that waits for a replica each have their own answer")
        func faults() async throws {
            try await TestEdge.with({
                $0.upstreamTimeout = .seconds(1)
                $0.holdTimeout = .seconds(1)
            }) { edge in
                try await Upstream.with("app") { upstream in
                    try await edge.control.apply(try Route(host: "down.test", endpoints: []), revision: 1)
                    let down = try await edge.request("down.test")
                    #expect(down.status == 503 && down.error == "SERVICE_DOWN")
                    #expect(down.headers.first(name: "retry-after") != nil)
                    try await edge.control.apply(try Route(host: "hang.test", endpoints: [upstream.endpoint()]), revision: 1)
                    let hanging = try await edge.request("hang.test", "/hang", method: .POST)
                    #expect(hanging.status == 504 && hanging.error == "UPSTREAM_TIMED_OUT")
                    try await edge.control.apply(try Route(host: "held.test", endpoints: [], hold: true), revision: 1)
                    let held = try await edge.request("held.test")
                    #expect(held.status == 503 && held.error == "HOLD_TIMED_OUT")
                    #expect(await eventually { (try? await edge.control.inFlight()) == [:] })
                }
            }
        }

        @Test("requests of a route that holds wait for its next replica, up to the limit")
        func holds() async throws {
            try await TestEdge.with({
                $0.workers = 1
                $0.holdLimit = 20
            }) { edge in
                try await Upstream.with("app") { upstream in
                    try await edge.control.apply(try Route(host: "app.test", endpoints: [], hold: true), revision: 1)
                    try await withThrowingTaskGroup(of: TestEdge.Answer.self) { group in
                        for _ in 0..<25 { group.addTask { try await edge.request("app.test", method: .POST, body: "held") } }
                        // The five too many are answered at once.
                        for _ in 0..<5 { #expect(try await group.next()?.error == "HOLD_LIMITED") }
                        try await edge.control.apply(try Route(host: "app.test", endpoints: [upstream.endpoint()], hold: true), revision: 2)
                        for try await answer in group { #expect(answer.body == "app") }
                    }
                    #expect(upstream.requests.count == 20)
                }
            }
        }

        @Test("no request fails while the application is replaced 40 times under load")
        func swaps() async throws {
            try await TestEdge.with { edge in
                try await Upstream.with("home") { home in
                    let route = try Route(host: "app.test", endpoints: [home.endpoint()])
                    try await edge.control.apply(route, revision: 1)
                    let load = Load()
                    async let running: Void = load.run(edge)
                    for round in 1...20 {
                        // There to a new application and back; each is drained before it ends.
                        try await Upstream.with("\(round)") { upstream in
                            let next = try Route(host: "app.test", endpoints: [upstream.endpoint()])
                            try await edge.control.apply(next, revision: Int64(2 * round))
                            #expect(try await edge.control.drained(route.endpoints, within: .seconds(5)))
                            #expect(await eventually { !upstream.requests.isEmpty })
                            try await edge.control.apply(route, revision: Int64(2 * round + 1))
                            #expect(try await edge.control.drained(next.endpoints, within: .seconds(5)))
                        }
                    }
                    load.state.withLock { $0.isOver = true }
                    await running
                    let state = load.state.withLock { $0 }
                    #expect(state.failures == [])
                    #expect(state.count > 200)
                }
            }
        }
    }
}

/// Eight clients that send a GET, a GET and a POST in turn until told to stop.
private final class Load: Sendable {
    struct State {
        var count = 0
        var failures: [String] = []
        var isOver = false
    }

    let state = Mutex(State())

    func run(_ edge: TestEdge) async {
        await withDiscardingTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    while let number = self.next() {
                        let method: HTTPMethod = number.isMultiple(of: 3) ? .POST : .GET
                        let answer = try? await edge.request("app.test", method: method, body: method == .POST ? "x" : nil)
                        if answer?.status != 200 { self.state.withLock { $0.failures.append("\(method) \(answer?.error ?? "no answer")") } }
                    }
                }
            }
        }
    }

    private func next() -> Int? {
        state.withLock { state in
            state.count += 1
            return state.isOver ? nil : state.count
        }
    }
}
