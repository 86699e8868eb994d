import Processes
import Resources
import Testing

@Suite(.serialized)
struct BadVersionTests {
    private struct Bad {
        let name: String
        let start: String
        let port: String
        let health: String
        let code: String

        init(_ name: String, start: String = "", port: String = "int(os.environ['PORT'])", health: String = "200", code: String) {
            (self.name, self.start, self.port, self.health, self.code) = (name, start, port, health, code)
        }
    }

    @Test("a version that never becomes healthy fails with its reason, and the one before serves all the time")
    func badVersionTakesNoTraffic() async throws {
        try await TestPlatform.with { platform in
            let app = try Application("web", in: platform.data, answer: "'good'")
            try await platform.deploy(app)
            try await platform.yard("settings", "set", "--healthcheck-path", "/health", "--healthcheck-timeout", "8", in: app.folder)
            let good = try await eventuallyActive(platform, app)
            let bad = [
                Bad("crashes at start", start: "sys.exit(3)", code: "REPLICA_CRASHED"),
                Bad("listens on another port", port: "9999", code: "HEALTHCHECK_WRONG_PORT"),
                Bad("hangs in its health check", health: "time.sleep(60) or 200", code: "HEALTHCHECK_TIMEOUT"),
                Bad("is not well", health: "500", code: "HEALTHCHECK_TIMEOUT"),
            ]
            let count = try await Visitor.visiting(platform, app.host) {
                for version in bad {
                    try app.write(start: version.start, port: version.port, answer: "'bad'", health: version.health)
                    let finished = try await platform.tryYard("up", in: app.folder)
                    #expect(!finished.isSuccess, "\(version.name)")
                    let latest = try #require(try await platform.deployments(of: app).first)
                    #expect(latest.status == .failed, "\(version.name)")
                    #expect(latest.problem?.code == version.code, "\(version.name): \(String(describing: latest.problem))")
                    try await platform.waitUntilAlone(good)
                }
            }
            #expect(count.failures == [])
            #expect(count.bodies == ["good"])
        }
    }

    @Test("a version that passes once and dies gives way to the one before")
    func dyingVersionGivesWay() async throws {
        try await TestPlatform.with { platform in
            let app = try Application("web", in: platform.data, answer: "'good'")
            let good = try await platform.deploy(app)
            try app.write(start: "threading.Timer(2, lambda: os._exit(1)).start()", answer: "'dying'")
            let bad = try await platform.beginDeploying(app)
            let end = try await platform.wait(for: [.failed, .crashed], of: bad.id, app)
            #expect(end.problem?.code == "REPLICA_CRASHED")
            try await eventually("the version before serves again") { try await platform.get(app.host).body == "good" }
            #expect(try await platform.deployment(good.id, of: app).isActive)
            try await platform.waitUntilAlone(good.id)
        }
    }

    @Test("an application that ignores SIGTERM is replaced all the same")
    func stubbornApplicationIsReplaced() async throws {
        try await TestPlatform.with { platform in
            let stubborn = "sys.ignores_sigterm = True\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)"
            let app = try Application("web", in: platform.data, start: stubborn, answer: "'one'")
            try await platform.deploy(app)
            let count = try await Visitor.visiting(platform, app.host) {
                try app.write(start: stubborn, answer: "'two'")
                let second = try await platform.deploy(app)
                try await platform.waitUntilAlone(second.id)
            }
            #expect(count.failures == [])
            #expect(count.bodies == ["one", "two"])
        }
    }

    @Test("a build that eats memory ends by itself alone")
    func hungryBuildEnds() async throws {
        try await TestPlatform.with(["SWITCHYARD_BUILD_MEMORY_MIB": "256"]) { platform in
            let app = try Application("web", in: platform.data, answer: "'one'")
            let first = try await platform.deploy(app)
            let count = try await Visitor.visiting(platform, app.host) {
                try await platform.yard("settings", "set", "--build-command", "tail /dev/zero", in: app.folder)
                try app.write(answer: "'two'")
                let bad = try await platform.beginDeploying(app)
                let end = try await platform.wait(for: [.failed], of: bad.id, app)
                #expect(end.problem?.code == "BUILD_OUT_OF_MEMORY", "\(String(describing: end.problem))")
                try await platform.waitUntilAlone(first.id)
            }
            #expect(count.failures == [])
            #expect(count.bodies == ["one"])
        }
    }

    /// The redeployment that the settings asked for.
    private func eventuallyActive(_ platform: TestPlatform, _ app: Application) async throws -> Deployment.ID {
        let latest = try #require(try await platform.deployments(of: app).first)
        try await platform.waitUntilLive(latest.id, of: app)
        try await platform.waitUntilAlone(latest.id)
        return latest.id
    }
}
