import Archives
import Builds
import FoundationEssentials
import Glibc
import Kernel
import Processes
import TestSupport
import Testing

/// Git's own smart HTTP backend behind a small server on loopback.
@Suite("GitSource", .serialized)
struct GitSourceTests {
    private func git(_ arguments: [String], in folder: String) async throws {
        let environment = [
            "PATH": getenv("PATH").map { String(cString: $0) } ?? "", "HOME": folder, "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "A U Thor",
            "GIT_AUTHOR_EMAIL": "a@example.com", "GIT_COMMITTER_NAME": "A U Thor", "GIT_COMMITTER_EMAIL": "a@example.com",
        ]
        let finished = try await Command(
            "git", ["-c", "protocol.file.allow=always"] + arguments, environment: environment, directory: folder
        ).run()
        try #require(finished.isSuccess, "\(finished.errorOutput)")
    }

    /// A repository with two branches, a tag, a hook, a submodule and a link, served over HTTP.
    private func withRepository(_ body: @Sendable (BuildFixture, String, String) async throws -> Void) async throws {
        try await BuildFixture.with { fixture in
            let work = fixture.directory + "/repository"
            try FileManager.default.createDirectory(atPath: work, withIntermediateDirectories: true)
            try await git(["init", "--quiet", "--initial-branch=trunk"], in: work)
            try Data("#!/bin/bash\nexec busybox httpd -f -p $PORT\n".utf8).write(to: URL(filePath: work + "/start.sh"))
            try Data("* filter=evil\n".utf8).write(to: URL(filePath: work + "/.gitattributes"))
            try await git(["add", "."], in: work)
            try await git(["commit", "--quiet", "-m", "First 'quoted' commit\n\nwith a body"], in: work)
            try await git(["tag", "v1"], in: work)
            try await git(["checkout", "--quiet", "-b", "feature/x"], in: work)
            try Data("two".utf8).write(to: URL(filePath: work + "/two.txt"))
            try await git(["add", "."], in: work)
            try await git(["commit", "--quiet", "-m", "Second"], in: work)
            let second = try await Command("git", ["rev-parse", "HEAD"], directory: work).run().output.trimmingLineEnd
            try await git(["checkout", "--quiet", "trunk"], in: work)
            try await git(["clone", "--quiet", "--bare", work, fixture.directory + "/served.git"], in: fixture.directory)
            try await TestGitServer.serving(fixture.directory) { url in try await body(fixture, url, second) }
        }
    }

    private func failure(_ fixture: BuildFixture, _ url: String, _ reference: String? = nil) async -> String? {
        do {
            _ = try await fixture.build(fixture.request(.git(url: url, reference: reference)))
            return nil
        } catch {
            return (error as? SwitchyardError)?.code ?? "\(error)"
        }
    }

    @Test("the default branch, a branch, a tag and a commit are built, and the commit is told")
    func buildsReferences() async throws {
        try await withRepository { fixture, server, second in
            let url = server + "/served.git"
            let trunk = try await fixture.build(fixture.request(.git(url: url, reference: nil)))
            #expect(trunk.commit?.branch == "trunk")
            #expect(trunk.commit?.message == "First 'quoted' commit\n\nwith a body")
            #expect(trunk.commit?.author == "A U Thor")
            let feature = try await fixture.build(fixture.request(.git(url: url, reference: "feature/x")))
            #expect(feature.commit?.branch == "feature/x" && feature.commit?.hash == second)
            let tag = try await fixture.build(fixture.request(.git(url: url, reference: "v1")))
            #expect(tag.commit?.branch == nil && tag.commit?.hash == trunk.commit?.hash)
            let commit = try await fixture.build(fixture.request(.git(url: url, reference: second)))
            #expect(commit.commit?.hash == second)
            #expect(try await fixture.leftovers() == [])
        }
    }

    @Test("what isn't there is told apart")
    func reportsMissing() async throws {
        try await withRepository { fixture, server, _ in
            #expect(await failure(fixture, server + "/served.git", "nothing") == "GIT_REFERENCE_NOT_FOUND")
            #expect(await failure(fixture, server + "/served.git", String(repeating: "0", count: 40)) == "GIT_REFERENCE_NOT_FOUND")
            #expect(await failure(fixture, server + "/missing.git") == "GIT_REPOSITORY_NOT_FOUND")
            #expect(await failure(fixture, server + "/private/served.git") == "GIT_ACCESS_DENIED")
            #expect(await failure(fixture, "https://nothing.invalid/x") == "HOST_NOT_FOUND")
            #expect(await failure(fixture, "git@example.com:x") == "GIT_SSH_UNAVAILABLE")
            let login = server.replacing("http://", with: "http://u:p%40ss@") + "/private/served.git"
            #expect(await failure(fixture, login) == nil)
            #expect(await fixture.log.lines.allSatisfy { !$0.contains("p@ss") && !$0.contains("p%40ss") })
        }
    }

    @Test("a repository over the limit is refused, whether its pack or its tree is too large, and leaves nothing")
    func refusesLargeRepositories() async throws {
        try await withRepository { fixture, server, _ in
            let work = fixture.directory + "/repository"
            var random = SystemRandomNumberGenerator()
            let dense = Data((0..<3 << 17).flatMap { _ in withUnsafeBytes(of: random.next()) { Array($0) } })
            for (branch, content) in [("dense", dense), ("sparse", Data(count: 3 << 20))] {
                try await git(["checkout", "--quiet", "-b", branch, "trunk"], in: work)
                try content.write(to: URL(filePath: work + "/large"))
                try await git(["-c", "filter.evil.required=false", "add", "."], in: work)
                try await git(["commit", "--quiet", "-m", branch], in: work)
                try await git(["push", "--quiet", fixture.directory + "/served.git", branch], in: work)
            }
            var small = fixture
            small.configuration.limits.source.maximumBytes = 1 << 20
            for branch in ["dense", "sparse"] {
                #expect(await failure(small, server + "/served.git", branch) == "SOURCE_TOO_LARGE", "\(branch)")
            }
            #expect(try await fixture.leftovers() == [])
            #expect(await failure(small, server + "/served.git", "trunk") == nil)
            small.configuration.limits.source.maximumBytes = 8 << 20
            #expect(await failure(small, server + "/served.git", "dense") == nil)
        }
    }

    @Test("private addresses and redirects are refused unless the operator allows them")
    func refusesPrivateAddresses() async throws {
        try await withRepository { fixture, server, _ in
            #expect(await failure(fixture, server + "/redirect/served.git") == nil)
            var strict = fixture
            strict.configuration.allowsPrivateAddresses = false
            let port = server.split(separator: ":").last ?? ""
            for host in ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "[::1]"] {
                #expect(await failure(strict, "http://\(host):\(port)/served.git") == "ADDRESS_FORBIDDEN")
            }
        }
    }
}

extension String {
    var trimmingLineEnd: String {
        hasSuffix("\n") ? String(dropLast()) : self
    }
}
