import Glibc
import NIOCore
import Processes
import Resources
import Testing

@Suite(.serialized)
struct SurvivalTests {
    @Test("applications serve and deployments work after the edge, the engine's service or the database was killed")
    func killedPartsComeBack() async throws {
        try await TestPlatform.with { platform in
            let app = try Application("web", in: platform.data, answer: "'one'")
            try await platform.deploy(app)

            let count = try await Visitor.visiting(platform, app.host) {
                platform.kill(try platform.pid(in: platform.data + "/run/podman.pid"))
                try app.write(answer: "'two'")
                let second = try await platform.deploy(app)
                try await platform.waitUntilAlone(second.id)

                for signal in [SIGINT, SIGKILL] {
                    platform.kill(try platform.pid(in: platform.data + "/postgres/postgres.pid"), signal)
                    try await eventually("the API answers") { try await platform.tryYard("list").isSuccess }
                }
                try app.write(answer: "'three'")
                let third = try await platform.deploy(app)
                try await platform.waitUntilAlone(third.id)
            }
            #expect(count.failures == [])
            #expect(count.bodies == ["one", "two", "three"])

            // Last: a killed edge ends the connections that visitors hold open, and only those.
            platform.kill(try platform.pid(in: platform.data + "/edge/run/daemon.pid"))
            try await eventually("the edge answers with its routes", within: .seconds(5)) {
                let isBack = (try? platform.pid(in: platform.data + "/edge/run/daemon.pid")).map { Glibc.kill($0, 0) == 0 } ?? false
                let answer = try? await platform.get(app.host, timeout: .seconds(1))
                return isBack && answer?.body == "three"
            }
        }
    }

    @Test("a server killed in any phase of a deployment goes on with it, while the version before serves")
    func killedServerGoesOn() async throws {
        try await TestPlatform.with { platform in
            let app = try Application("web", in: platform.data, answer: "0")
            try await platform.deploy(app)
            try await platform.yard("settings", "set", "--build-command", "sleep 3", in: app.folder)
            let phases: [Set<DeploymentStatus>] = [[.queued, .building], [.building], [.deploying], [.success]]
            let count = try await Visitor.visiting(platform, app.host) {
                for (number, phase) in phases.enumerated() {
                    try app.write(start: "time.sleep(3)", answer: "\(number + 1)")
                    let deployment = try await platform.beginDeploying(app)
                    try await platform.wait(for: phase, of: deployment.id, app)
                    platform.kill(try await platform.serverProcess())
                    try await platform.waitUntilLive(deployment.id, of: app)
                    try await eventually("the new version answers") { try await platform.get(app.host).body == "\(number + 1)" }
                    try await platform.waitUntilAlone(deployment.id)
                }
            }
            #expect(count.failures == [])
            #expect(count.bodies == ["0", "1", "2", "3", "4"])
        }
    }

    @Test("a disk that is full while building fails that deployment only, and is built on again when there is room")
    func fullDiskWhileBuilding() async throws {
        // The pages of this disk count as the build's memory.
        try await TestPlatform.with(["SWITCHYARD_BUILD_MEMORY_MIB": "16384"], disk: 4 << 30) { platform in
            let app = try Application("web", in: platform.data, answer: "'one'")
            let first = try await platform.deploy(app)
            let count = try await Visitor.visiting(platform, app.host) {
                try app.write(answer: "'two'")
                try await platform.yard("settings", "set", "--build-command", "head -c 16G /dev/zero > big", in: app.folder)
                let bad = try await platform.beginDeploying(app)
                let end = try await platform.wait(for: [.failed], of: bad.id, app)
                #expect(end.problem?.code == "DISK_FULL", "\(String(describing: end.problem))")
                try await platform.waitUntilAlone(first.id)

                try app.write(answer: "'three'")
                try await platform.yard("settings", "set", "--build-command", "true", in: app.folder)
                let third = try await platform.beginDeploying(app)
                try await platform.waitUntilLive(third.id, of: app)
                try await platform.waitUntilAlone(third.id)
            }
            #expect(count.failures == [])
            #expect(count.bodies == ["one", "three"])
        }
    }
}
