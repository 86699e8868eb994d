import ContainerEngine
import FoundationEssentials
import Processes
import TestSupport
import Testing

@Suite(.serialized)
struct OtherEngineTests {
    @Test("with an engine of somebody else, which has a store of its own, everything works the same")
    func separateEngine() async throws {
        try await SeparateEngine.with { engine in
            try await TestPlatform.with(["SWITCHYARD_ENGINE_SOCKET": engine.socketPath]) { platform in
                let app = try Application("web", in: platform.data, answer: "'first'")
                try await platform.deploy(app)
                #expect(try await platform.get(app.host).body == "first")
                #expect(try await platform.containers() == [])
                try await eventually("the replica's line is kept") { try await platform.yard("logs", in: app.folder).contains("listening") }
                try app.write(answer: "'second'")
                try await platform.deploy(app)
                #expect(try await platform.get(app.host).body == "second")
                try await platform.yard("rollback", in: app.folder)
                try await eventually("the first version serves again") { try await platform.get(app.host).body == "first" }
                #expect(try String(contentsOfFile: platform.data + "/engine", encoding: .utf8) == engine.socketPath + "\n")
                let settings = try String(contentsOfFile: platform.data + "/config", encoding: .utf8)
                #expect(settings.contains("SWITCHYARD_ENGINE_SOCKET=\(engine.socketPath)\n") && !settings.contains("SWITCHYARD_URL"))
            }
            // The engine of somebody else is left running.
            try await engine.client.ping()
        }
    }
}
