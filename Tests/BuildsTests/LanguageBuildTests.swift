import Builds
import FoundationEssentials
import Processes
import Resources
import Testing

/// Real builds of the examples: each is built, run, and asked.
@Suite("Builds of each language", .serialized)
struct LanguageBuildTests {
    @Test(
        "an example of each language is built without its network, and answers",
        arguments: [
            ("python", "Hello from Python"), ("node", "Hello from Node"), ("go", "Hello from Go"), ("shell", "Hello from a shell script"),
            ("procfile", "Hello from a Procfile"), ("dockerfile", "Hello from a Dockerfile"),
            ("node-site", "Hello from a site that Node built"),
        ])
    func exampleAnswers(example: String, expected: String) async throws {
        try await BuildFixture.with { (fixture) async throws in
            let image = try await fixture.build(example: example)
            #expect(image.id.hasPrefix("sha256:") && image.id.utf8.count == 71)
            try await fixture.running(image) { (running) async throws in
                let answer = try await running.get()
                #expect(answer.contains(expected))
                let first = try await running.podman(["exec", running.name, "cat", "/proc/1/status"]).output
                #expect(first.contains("Uid:\t1000"))
                #expect(!first.contains("Name:\tbash"), "the application itself is the first process")
            }
            #expect(try await fixture.leftovers() == [])
        }
    }

    @Test("dependencies are installed once, and a change of code alone installs nothing")
    func reusesDependencies() async throws {
        try await BuildFixture.with { (fixture) async throws in
            let first = try await fixture.build(example: "python-flask")
            #expect(first.reusedDependencies == false)
            try await fixture.running(first) { (running) async throws in #expect(try await running.get() == "Hello from Flask\n") }
            let requirements = try #require(
                FileManager.default.contents(atPath: BuildFixture.example("python-flask") + "/requirements.txt"))
            let changed = [
                "requirements.txt": String(decoding: requirements, as: UTF8.self),
                "app.py": "from flask import Flask\napp = Flask(__name__)\n@app.get('/')\ndef index(): return 'changed'\n",
            ]
            let clock = ContinuousClock()
            let start = clock.now
            let second = try await fixture.build(changed)
            #expect(second.reusedDependencies == true)
            #expect(clock.now - start < .seconds(20))
            try await fixture.running(second) { (running) async throws in
                #expect(try await running.get() == "changed")
                let versions = try await running.podman(["exec", running.name, "python", "-c", "import flask; print(flask.__file__)"])
                    .output
                #expect(versions.hasPrefix("/app/.venv/"))
            }
        }
    }

    @Test("a lock file of uv is installed")
    func buildsWithUV() async throws {
        try await BuildFixture.with { (fixture) async throws in
            let image = try await fixture.build(example: "python-uv")
            #expect(image.planSummary.contains("with uv"))
            try await fixture.running(image) { (running) async throws in #expect(try await running.get().contains("Hello from FastAPI")) }
        }
    }

    @Test("a static site: clean paths, an own error page, caching by name, nothing hidden is served")
    func servesStaticSite() async throws {
        try await BuildFixture.with { (fixture) async throws in
            let image = try await fixture.build(example: "static")
            try await fixture.running(image) { (running) async throws in
                let index = try await running.get("/", headers: true)
                #expect(index.contains("Hello from a static site"))
                #expect(index.lowercased().contains("cache-control: public, max-age=0, must-revalidate"))
                #expect(index.lowercased().contains("etag:") && !index.lowercased().contains("server:"))
                #expect(try await running.get("/about").contains("This page is about.html"))
                #expect(try await running.get("/docs/").contains("The folder docs."))
                #expect(try await running.get("/style-5f3a9c1e.css", headers: true).contains("immutable"))
                let missing = try await running.get("/missing", headers: true)
                #expect(missing.contains(" 404 ") && missing.contains("There is no such page."))
                for path in ["/.hidden", "/%2ehidden", "/docs/../.hidden", "/./.hidden"] {
                    #expect(try await !running.get(path).contains("SECRET"))
                }
            }
        }
    }

    @Test("a site that is built falls back to its page")
    func servesBuiltSite() async throws {
        try await BuildFixture.with { (fixture) async throws in
            let image = try await fixture.build(example: "node-site")
            try await fixture.running(image) { (running) async throws in
                #expect(try await running.get("/some/route").contains("Hello from a site that Node built"))
                #expect(try await running.get("/assets/app-0a1b2c3d.js", headers: true).contains("immutable"))
                #expect(try await running.get("/build.mjs").contains("Hello from"), "the source isn't served")
            }
        }
    }
}
