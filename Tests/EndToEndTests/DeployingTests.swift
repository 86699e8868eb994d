import FoundationEssentials
import Resources
import Testing

@Suite(.serialized)
struct DeployingTests {
    @Test("a new version replaces the running one without a failed request; so do rollback, scaling and restart")
    func replacingFailsNoRequest() async throws {
        try await TestPlatform.with { platform in
            let app = try Application("web", in: platform.data, answer: "'one'")
            try await platform.yard("up", "--project", "web", "--service", "web", in: app.folder)
            let host = "web.localhost"
            #expect(try await platform.get(host).body == "one")
            let count = try await Visitor.visiting(platform, host) {
                try app.write(answer: "'two'")
                try await platform.yard("up", in: app.folder)
                #expect(try await platform.get(host).body == "two")
                try await platform.yard("rollback", in: app.folder)
                try await eventually("the first version is back") { try await platform.get(host).body == "one" }
                try await platform.yard("scale", "--replicas", "3", in: app.folder)
                try await platform.yard("restart", in: app.folder)
                try await platform.yard("scale", "--replicas", "1", in: app.folder)
            }
            #expect(count.failures == [])
            #expect(count.requests > 100)
            #expect(count.bodies == ["one", "two"])
        }
    }

    @Test("what is deleted leaves no container, network, volume or route")
    func deletingLeavesNothing() async throws {
        try await TestPlatform.with { platform in
            let app = try Application("web", in: platform.data, answer: "'one'")
            try await platform.yard("up", "--project", "web", "--service", "web", in: app.folder)
            try await platform.yard("volume", "add", "--mount-path", "/data", in: app.folder)
            try await platform.yard("delete", "project", "web", "--yes", in: app.folder)
            try await eventually("all is gone") {
                let left = try await platform.containers() + platform.networks() + platform.volumes()
                return left.isEmpty
            }
            #expect(try await platform.get("web.localhost").status == 404)
        }
    }
}
