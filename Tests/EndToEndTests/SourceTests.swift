import FoundationEssentials
import Processes
import Resources
import TestSupport
import Testing

@Suite(.serialized)
struct SourceTests {
    private static let settings = ["SWITCHYARD_ALLOW_PRIVATE_GIT": "yes"]

    @Test("a branch of a Git repository deploys, and again when it has moved")
    func repositoryDeploys() async throws {
        try await TestPlatform.with(Self.settings) { platform in
            let app = try Application("web", in: platform.data, answer: "'one'")
            try await git(["init", "--quiet", "--initial-branch=trunk"], in: app.folder)
            try await commit(app)
            let served = platform.data + "/served/web.git"
            try await git(["clone", "--quiet", "--bare", app.folder, served], in: platform.data)
            try await TestGitServer.serving(platform.data + "/served") { url in
                let source = ["up", "--git", url + "/web.git", "--ref", "trunk", "--project", "web", "--service", "web"]
                try await platform.yard(source)
                #expect(try await platform.get(app.host).body == "one")
                try app.write(answer: "'two'")
                try await commit(app)
                try await git(["push", "--quiet", served, "trunk"], in: app.folder)
                try await platform.yard(source)
                #expect(try await platform.get(app.host).body == "two")
            }
        }
    }

    @Test("an image of a registry deploys, again when its tag has moved, and when the registry is gone")
    func imageDeploys() async throws {
        try await TestRegistry.with(asksForLogin: false) { registry in
            let registries = registry.folder + "/registries.conf"
            try registry.writeRegistriesFile(mirrorOf: "registry.invalid", to: registries)
            try await TestPlatform.with(Self.settings.merging(["SWITCHYARD_REGISTRIES_CONF": registries]) { $1 }) { platform in
                let app = try Application("web", in: platform.data, answer: "'one'")
                let name = registry.host + "/team/web:latest"
                let source = ["up", "--image", name, "--project", "copy", "--service", "copy"]
                for answer in ["one", "two"] {
                    try app.write(answer: "'\(answer)'")
                    let built = try #require(try await platform.deploy(app).image)
                    let pushed = try await Command("podman", ["push", "--quiet", "--tls-verify=false", built, "docker://" + name])
                        .run(timeout: .seconds(60))
                    try #require(pushed.isSuccess, "\(pushed.errorOutput)")
                    try await platform.yard(source)
                    #expect(try await platform.get("copy.localhost").body == answer)
                }
                registry.stop()
                try await platform.yard(source)
                #expect(try await platform.get("copy.localhost").body == "two")
            }
        }
    }

    private func commit(_ app: Application) async throws {
        try await git(["add", "."], in: app.folder)
        try await git(["commit", "--quiet", "--message", "A version"], in: app.folder)
    }

    private func git(_ arguments: [String], in folder: String) async throws {
        let identity = ["-c", "user.name=A U Thor", "-c", "user.email=author@example.com"]
        let finished = try await Command("git", identity + arguments, directory: folder).run(timeout: .seconds(30))
        try #require(finished.isSuccess, "\(finished.errorOutput)")
    }
}
