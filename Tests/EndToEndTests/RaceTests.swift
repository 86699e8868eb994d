import Processes
import Resources
import Testing

@Suite(.serialized)
struct RaceTests {
    @Test("two deployments, a rollback and a redeploy at once end with the newest alone")
    func racingDeploymentsEndWithOne() async throws {
        try await TestPlatform.with { platform in
            let app = try Application("web", in: platform.data, answer: "'one'")
            try await platform.deploy(app)
            try app.write(answer: "'two'")
            try await platform.deploy(app)
            let count = try await Visitor.visiting(platform, app.host) {
                async let first = platform.tryYard("up", "--detach", in: app.folder)
                async let second = platform.tryYard("up", "--detach", in: app.folder)
                async let rollback = platform.tryYard("rollback", "--detach", in: app.folder)
                async let redeploy = platform.tryYard("redeploy", "--detach", in: app.folder)
                for finished in try await [first, second, rollback, redeploy] { #expect(finished.isSuccess, "\(finished.errorOutput)") }
                try await eventually("all have settled", within: .seconds(180)) {
                    let all = try await platform.deployments(of: app)
                    return all.count == 6 && all.allSatisfy { [.success, .skipped, .removed].contains($0.status) }
                        && all.count { $0.status == .success } == 1
                }
            }
            let all = try await platform.deployments(of: app)
            let active = try #require(all.first { $0.isActive })
            #expect(all.filter(\.isActive).count == 1)
            #expect(active.status == .success)
            #expect(active.id == all.map(\.id).max())
            try await platform.waitUntilAlone(active.id)
            #expect(count.failures == [])
        }
    }

    @Test("a delete while versions are on their way leaves nothing")
    func deletingMeanwhileLeavesNothing() async throws {
        try await TestPlatform.with { platform in
            let app = try Application("web", in: platform.data, answer: "'one'")
            try await platform.deploy(app)
            try app.write(start: "time.sleep(2)", answer: "'two'")
            _ = try await platform.beginDeploying(app)
            async let redeploy = platform.tryYard("redeploy", "--detach", in: app.folder)
            async let delete = platform.tryYard("delete", "project", "--yes", in: app.folder)
            _ = try await redeploy
            #expect(try await delete.isSuccess)
            try await eventually("nothing is left, for five seconds") {
                for _ in 0..<10 {
                    let left = try await platform.containers() + platform.networks() + platform.volumes()
                    if !left.isEmpty { return false }
                    try await Task.sleep(for: .milliseconds(500))
                }
                return true
            }
            #expect(try await platform.get(app.host).status == 404)
        }
    }
}
