import FoundationEssentials
import Processes
import Resources
import Testing
import WebSocket

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

    @Test("a WebSocket goes on with the version that it began with until it is drained, and new ones get the new version")
    func webSocketsAreDrained() async throws {
        try await TestPlatform.with { platform in
            let app = try Application("web", in: platform.data, answer: "'one'")
            try await platform.deploy(app)
            try await platform.yard("settings", "set", "--draining-seconds", "15", in: app.folder)
            try app.write(answer: "'one'")
            try await platform.deploy(app)
            let old = try await platform.openWebSocket(app)
            var answers = old.messages.makeAsyncIterator()
            func ask(_ text: String) async throws -> WebSocketMessage? {
                try await old.send(text: text)
                return try await answers.next()
            }
            #expect(try await ask("a") == .text("one: a"))
            try app.write(answer: "'two'")
            let second = try await platform.deploy(app)
            #expect(try await platform.get(app.host).body == "two")
            for text in ["b", "c"] { #expect(try await ask(text) == .text("one: \(text)")) }

            let new = try await platform.openWebSocket(app)
            var newAnswers = new.messages.makeAsyncIterator()
            try await new.send(text: "d")
            #expect(try await newAnswers.next() == .text("two: d"))
            #expect(try await ask("e") == .text("one: e"))
            await new.close()

            // Its time is over: the old version is stopped, and ends it.
            while (try? await answers.next()) != nil {}
            try await platform.waitUntilAlone(second.id)
        }
    }

    @Test("a command in a replica has its variables, its input and its exit code")
    func terminalReachesReplica() async throws {
        try await TestPlatform.with { platform in
            let app = try Application("web", in: platform.data, answer: "'one'")
            try await platform.deploy(app)
            #expect(try await platform.yard("ssh", "sh", "-c", "echo name=$SWITCHYARD_SERVICE_NAME", in: app.folder).contains("name=web"))
            #expect(try await platform.tryYard("ssh", "sh", "-c", "exit 7", in: app.folder).exit == .exited(7))
            #expect(try await platform.yard("run", "sh", "-c", "echo name=$SWITCHYARD_SERVICE_NAME", in: app.folder).contains("name=web"))
        }
    }
}
