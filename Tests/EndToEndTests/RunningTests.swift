import NIOCore
import Resources
import Testing

@Suite(.serialized)
struct RunningTests {
    @Test("a replica that is unwell gets no requests until it is well again")
    func unwellReplicaLeavesAndReturns() async throws {
        try await TestPlatform.with { platform in
            let app = try Application(
                "web", in: platform.data, answer: "os.environ['SWITCHYARD_REPLICA_ID']",
                health: "500 if os.path.exists('/tmp/unwell') else 200")
            try await platform.deploy(app)
            try await platform.yard("settings", "set", "--healthcheck-path", "/health", in: app.folder)
            try await platform.yard("scale", "--replicas", "2", in: app.folder)
            func answering() async throws -> Set<String> {
                var replicas: Set<String> = []
                for _ in 0..<12 {
                    let answer = try await platform.get(app.host)
                    #expect(answer.status == 200, "\(answer.body.prefix(200))")
                    replicas.insert(answer.body)
                }
                return replicas
            }
            try await eventually("both replicas answer") { try await answering().count == 2 }
            try await platform.yard("ssh", "--replica", "0", "touch", "/tmp/unwell", in: app.folder)
            try await eventually("one replica answers") { try await answering().count == 1 }
            try await platform.yard("ssh", "--replica", "0", "rm", "/tmp/unwell", in: app.folder)
            try await eventually("both replicas answer again") { try await answering().count == 2 }
        }
    }

    @Test("a replica that died is started again, and counts it")
    func deadReplicaIsStartedAgain() async throws {
        try await TestPlatform.with { platform in
            let app = try Application("web", in: platform.data, answer: "os._exit(1) if path == '/die' else 'alive'")
            let deployment = try await platform.deploy(app)
            _ = try? await platform.get(app.host, "/die", timeout: .seconds(5))
            try await eventually("it answers again") { (try? await platform.get(app.host))?.body == "alive" }
            try await eventually("the restart is counted") {
                try await platform.deployment(deployment.id, of: app).replicas.first?.restarts == 1
            }
        }
    }

    @Test("a rollback brings back the variables of its version; a cancelled build changes nothing; a domain of one's own answers")
    func rollbackCancelAndDomain() async throws {
        try await TestPlatform.with { platform in
            let app = try Application("web", in: platform.data, answer: "os.environ.get('COLOUR', 'none')")
            try await platform.deploy(app)
            for colour in ["red", "blue"] {
                try await platform.yard("variables", "set", "COLOUR=\(colour)", in: app.folder)
                try await eventually("the change was deployed") { try await platform.get(app.host).body == colour }
            }
            try await platform.yard("rollback", in: app.folder)
            try await eventually("the version before is back") { try await platform.get(app.host).body == "red" }

            let active = try #require(try await platform.deployments(of: app).first(where: \.isActive))
            try await platform.waitUntilAlone(active.id)

            let phases: [(DeploymentStatus, buildCommand: String)] = [(.building, "sleep 300"), (.deploying, "true")]
            for (phase, buildCommand) in phases {
                try await platform.yard("settings", "set", "--build-command", buildCommand, in: app.folder)
                try app.write(start: "time.sleep(300)", answer: "'\(phase)'")
                let slow = try await platform.beginDeploying(app)
                try await platform.wait(for: [phase], of: slow.id, app)
                try await platform.yard("deployment", "cancel", "\(slow.id)", in: app.folder)
                let end = try await platform.wait(for: [.skipped], of: slow.id, app, within: .seconds(15))
                #expect(end.problem?.code == "DEPLOYMENT_CANCELLED")
                #expect(try await platform.get(app.host).body == "red")
                try await platform.waitUntilAlone(active.id)
            }

            #expect(try await platform.get("shop.example.com").status == 404)
            try await platform.yard("domain", "add", "shop.example.com", in: app.folder)
            #expect(try await platform.get("shop.example.com").body == "red")
            try await platform.yard("domain", "remove", "shop.example.com", in: app.folder)
            #expect(try await platform.get("shop.example.com").status == 404)
        }
    }

    @Test("what ran before a stop of everything runs after the next start, with its volume")
    func stopAndStartBringsAllBack() async throws {
        try await TestPlatform.with { platform in
            let app = try Application("web", in: platform.data, answer: "''")
            try await platform.deploy(app)
            try await platform.yard("volume", "add", "--mount-path", "/data", in: app.folder)
            try app.write(start: "open('/data/starts', 'a').write('x')", answer: "open('/data/starts').read()")
            try await platform.deploy(app)
            #expect(try await platform.get(app.host).body == "x")
            try await platform.stop()
            #expect(try await platform.podman("ps", "--quiet", "--filter", "label=switchyard.instance=\(platform.name)") == [])
            try await platform.start()
            // A request that comes before the replica is ready waits for it.
            #expect(try await platform.get(app.host).body == "xx")
            let replicas = try await platform.deployments(of: app).first?.replicas
            #expect(replicas?.map(\.state) == [.healthy])
            #expect(replicas?.map(\.restarts) == [0])
        }
    }
}
