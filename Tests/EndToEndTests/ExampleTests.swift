import FoundationEssentials
import Resources
import Testing

@Suite(.serialized)
struct ExampleTests {
    private static let texts = [
        ("dockerfile", "Hello from a Dockerfile"), ("go", "Hello from Go"), ("node", "Hello from Node"),
        ("node-site", "Hello from a site that Node built"), ("procfile", "Hello from a Procfile"), ("python", "Hello from Python"),
        ("python-flask", "Hello from Flask"), ("python-uv", "Hello from FastAPI"), ("shell", "Hello from a shell script"),
        ("showcase", "<html"), ("static", "Hello from a static site"),
    ]

    @Test("every example deploys and answers; a changed file installs no dependency again")
    func examplesDeploy() async throws {
        try await TestPlatform.with { platform in
            let examples = try Self.examples()
            #expect(try Self.folders(examples) == Self.texts.map(\.0))
            for (name, text) in Self.texts {
                let folder = platform.data + "/" + name
                try FileManager.default.copyItem(atPath: examples + "/" + name, toPath: folder)
                try await platform.yard("up", "--project", name, "--service", name, in: folder)
                let answer = try await platform.get("\(name).localhost")
                #expect(answer.status == 200, "\(name)")
                #expect(answer.body.contains(text), "\(name): \(answer.body.prefix(200))")
            }
            let flask = platform.data + "/python-flask"
            let unchanged = "dependencies are unchanged"
            #expect(try await platform.yard("logs", "--build", in: flask).contains(unchanged) == false)
            let program = try String(contentsOfFile: flask + "/app.py", encoding: .utf8)
            try Data(program.replacing("Hello from Flask", with: "Hello again").utf8).write(to: URL(filePath: flask + "/app.py"))
            try await platform.yard("up", in: flask)
            #expect(try await platform.get("python-flask.localhost").body.contains("Hello again"))
            #expect(try await platform.yard("logs", "--build", in: flask).contains(unchanged))
        }
    }

    private static func examples() throws -> String {
        var folder = URL(filePath: #filePath)
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        return folder.appending(path: "examples").path
    }

    private static func folders(_ path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).filter { !$0.contains(".") }.sorted()
    }
}
