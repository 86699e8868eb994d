import Edge
import FoundationEssentials
import Glibc
import Processes
import Testing

extension EdgeTests {
    @Suite struct LifecycleTests {
        private func pid(_ edge: TestEdge, _ name: String = "daemon.pid") throws -> Int32 {
            let text = try String(contentsOfFile: "\(edge.configuration.folder)/run/\(name)", encoding: .utf8)
            return try #require(text.split(whereSeparator: \.isWhitespace).first.flatMap { Int32($0) })
        }

        private func supervising(_ edge: TestEdge, _ body: () async throws -> Void) async throws {
            let task = Task { await edge.process.run() }
            do {
                try await body()
            } catch {
                task.cancel()
                await task.value
                throw error
            }
            task.cancel()
            await task.value
        }

        @Test("an edge that is killed is back with its routes and certificates within a second or so, and serves on after its supervisor")
        func killed() async throws {
            try await TestEdge.with { edge in
                try await Upstream.with("app") { upstream in
                    try await edge.control.replaceAll(RouteTable([Route(host: "one.test", endpoints: [upstream.endpoint()])]), revision: 1)
                    try await edge.control.apply(try Route(host: "two.test", endpoints: [upstream.endpoint()]), revision: 2)
                    try await edge.control.remove(host: "one.test", revision: 3)
                    try await edge.control.apply(try Route(host: "three.test", endpoints: [upstream.endpoint()]), revision: 4)
                    try await supervising(edge) {
                        let first = try pid(edge)
                        let killed = ContinuousClock.now
                        kill(first, SIGKILL)
                        #expect(await eventually { edge.process.isRunning && (try? pid(edge)) != first })
                        #expect(await eventually { (try? await edge.request("two.test").body) == "app" })
                        // A second on a machine of its own; this one may be busy with other tests.
                        #expect(ContinuousClock.now - killed < .seconds(6))
                        // Of the workers that the killed master left behind none is left, nor what they knew.
                        #expect(await eventually { (try? await edge.request("three.test").body) == "app" })
                        #expect(try await edge.request("one.test").status == 404)
                        let status = try await edge.control.status()
                        #expect(status.routes == 2 && status.revision == 4)
                    }
                    #expect(try await edge.request("two.test").body == "app")
                    #expect(edge.process.isRunning)
                }
            }
        }

        @Test("a worker that is killed takes neither the routes nor the counts of others with it")
        func killedWorker() async throws {
            try await TestEdge.with({ $0.workers = 1 }) { edge in
                try await Upstream.with("app") { upstream in
                    try await edge.control.apply(try Route(host: "app.test", endpoints: [upstream.endpoint()]), revision: 1)
                    let master = try pid(edge, "nginx.pid")
                    let worker = try #require(
                        Int32(
                            try String(contentsOfFile: "/proc/\(master)/task/\(master)/children", encoding: .utf8).split(separator: " ")[0])
                    )
                    try await RawConnection.with(port: edge.configuration.httpPort) { connection in
                        try await connection.send("GET /hang HTTP/1.1\r\nHost: app.test\r\n\r\n")
                        #expect(await eventually { (try? await edge.control.inFlight().count) == 1 })
                        kill(worker, SIGKILL)
                        _ = await connection.readToEnd()
                    }
                    #expect(await eventually { (try? await edge.control.inFlight()) == [:] })
                    #expect(try await edge.request("app.test").body == "app")
                }
            }
        }

        @Test("a restarted control plane adopts the running edge; a changed configuration reloads it, with its routes and without a pause")
        func adopted() async throws {
            try await TestEdge.with { edge in
                try await Upstream.with("app") { upstream in
                    try await edge.control.apply(try Route(host: "app.test", endpoints: [upstream.endpoint()]), revision: 1)
                    let before = try pid(edge)
                    let digest = try await edge.control.status().digest
                    let same = try EdgeProcess(configuration: edge.configuration, logger: TestEdge.logger)
                    try await same.start()
                    #expect(try pid(edge) == before)
                    #expect(try await same.control.status().digest == digest)

                    var configuration = edge.configuration
                    configuration.upstreamTimeout = .seconds(5)
                    let changed = try EdgeProcess(configuration: configuration, logger: TestEdge.logger)
                    try await changed.start()
                    #expect(try pid(edge) == before)
                    #expect(try await changed.control.status().digest != digest)
                    #expect(try await edge.request("app.test").body == "app")
                }
            }
        }

        @Test(
            "a configuration that cannot work is refused with the reason, and the running edge goes on",
            arguments: [
                "/tmp/with space", "relative", "/tmp/../etc", "/tmp/a;b", "/tmp/{x}", "/tmp/\"q\"", "/tmp/new\nline",
                "/tmp/" + String(repeating: "x", count: 100),
            ])
        func badFolder(folder: String) throws {
            let configuration = EdgeConfiguration(
                folder: folder, share: try TestEdge.share(), httpPort: 8080, httpsPort: 8443, verifyToken: TestEdge.token)
            #expect { try EdgeProcess(configuration: configuration, logger: TestEdge.logger) } throws: {
                ($0 as? EdgeError)?.code == .invalid
            }
        }

        @Test("other settings that don't fit are refused as well")
        func badSettings() throws {
            func isRefused(_ adjust: (inout EdgeConfiguration) -> Void) throws -> Bool {
                var configuration = EdgeConfiguration(
                    folder: "/tmp/edge", share: try TestEdge.share(), httpPort: 8080, httpsPort: 8443, verifyToken: TestEdge.token)
                adjust(&configuration)
                do {
                    _ = try EdgeProcess(configuration: configuration, logger: TestEdge.logger)
                    return false
                } catch {
                    return true
                }
            }
            #expect(try isRefused { $0.verifyToken = "short" })
            #expect(try isRefused { $0.verifyToken = "with \"quotes\" and more" })
            #expect(try isRefused { $0.httpPort = 0 })
            #expect(try isRefused { $0.httpsPort = 8080 })
            #expect(try isRefused { $0.addresses = ["localhost"] })
            #expect(try isRefused { $0.addresses = [] })
            #expect(try isRefused { $0.trustedProxies = ["10.0.0.0/33"] })
            #expect(try isRefused { $0.trustedProxies = ["0.0.0.0/0; evil"] })
            #expect(try isRefused { $0.share = "/nowhere" })
            #expect(try isRefused { $0.account = "root; x" })
        }

        @Test("a port that is taken is said to be taken")
        func takenPort() async throws {
            _ = try await Upstream.with("app") { upstream in
                await #expect {
                    try await TestEdge.with({ $0.httpPort = upstream.port }) { _ in }
                } throws: { error in
                    (error as? EdgeError)?.code == .startFailed
                }
            }
        }

        @Test("after a stop with its replicas nothing goes to their old addresses, and requests wait for the new ones")
        func addressesAreForgotten() async throws {
            try await TestEdge.with { edge in
                try await Upstream.with("old") { old in
                    try await edge.control.apply(try Route(host: "app.test", endpoints: [old.endpoint()]), revision: 1)
                    #expect(try await edge.request("app.test").body == "old")
                    await edge.process.stop(grace: .zero, withReplicas: true)
                    try await edge.process.start()
                    #expect(try await edge.control.table().table.routes["app.test"]?.endpoints == [])
                    try await Upstream.with("new") { new in
                        async let answer = edge.request("app.test")
                        try await Task.sleep(for: .milliseconds(200))
                        try await edge.control.apply(try Route(host: "app.test", endpoints: [new.endpoint()]), revision: 2)
                        #expect(try await answer.body == "new")
                    }
                }
            }
        }

        @Test("damaged tables on disk cost no more than the damaged lines")
        func damagedTables() async throws {
            try await TestEdge.with { edge in
                try await Upstream.with("app") { upstream in
                    let endpoint = try upstream.endpoint()
                    let state = edge.configuration.folder + "/state/"
                    try await edge.control.replaceAll(RouteTable([Route(host: "old.test", endpoints: [endpoint])]), revision: 1)
                    try await edge.control.replaceAll(RouteTable([Route(host: "new.test", endpoints: [endpoint])]), revision: 2)
                    try await edge.control.apply(try Route(host: "last.test", endpoints: [endpoint]), revision: 3)
                    await edge.process.stop(grace: .zero)
                    // The journal's next line was cut by a crash, and one is nonsense.
                    let journal = try String(contentsOfFile: state + "routes.journal", encoding: .utf8)
                    try (journal + "x\ty\tz\n4\tnext.test\t{\"host\":\"next").write(
                        toFile: state + "routes.journal", atomically: false, encoding: .utf8)
                    try await edge.process.start()
                    #expect(try await edge.control.table().table.routes.keys.sorted() == ["last.test", "new.test"])
                    await edge.process.stop(grace: .zero)
                    // The table itself is cut short: the one before it, and the journal, are what is left.
                    let table = try String(contentsOfFile: state + "routes.table", encoding: .utf8)
                    try String(table.dropLast(8)).write(toFile: state + "routes.table", atomically: false, encoding: .utf8)
                    try await edge.process.start()
                    #expect(try await edge.control.table().table.routes.keys.sorted() == ["last.test", "old.test"])
                    #expect(try await edge.request("last.test").body == "app")
                }
            }
        }
    }
}
