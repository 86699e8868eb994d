import Builds
import FoundationEssentials
import Glibc
import Kernel
import Processes
import Resources
import Testing

/// What a build promises beside its image: its bounds, its secrets, its end. With shell scripts, which need only small images.
@Suite("Builder", .serialized)
struct BuilderTests {
    private static let script = "#!/bin/bash\nmkdir -p /tmp/www\ncp -r . /tmp/www\nexec busybox httpd -f -p $PORT -h /tmp/www\n"

    private func failure(_ body: () async throws -> BuiltImage) async -> SwitchyardError? {
        do {
            _ = try await body()
            return nil
        } catch {
            return error as? SwitchyardError
        }
    }

    @Test("variables reach the build and leave no trace in the image")
    func keepsSecrets() async throws {
        try await BuildFixture.with { (fixture) async throws in
            let secret = "secret-\(UUID().uuidString)"
            let image = try await fixture.build(
                ["start.sh": Self.script],
                settings: ServiceSettings(buildCommand: "printf '%s' \"$TOKEN\" | sha256sum > sum.txt; env | grep -c TOKEN"),
                variables: ["TOKEN": secret, "ODD": "it's \"$(touch /app/pwned)\"\nsecond `line`"])
            let folder = fixture.directory + "/image"
            let saved = try await Command("buildah", ["push", "--quiet", image.id, "dir:" + folder]).run()
            try #require(saved.isSuccess, "\(saved.errorOutput)")
            var found = 0
            for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
                let plain = try await Command("sh", ["-c", "zcat -f \"$0\" | grep -c -e \"$1\" -e step.sh", folder + "/" + name, secret])
                    .run().output
                found += Int(plain.trimmingLineEnd) ?? 0
            }
            #expect(found == 0)
            try await fixture.running(image) { (running) async throws in
                #expect(try await running.get("/sum.txt").contains("  -"))
                #expect(try await running.get("/pwned").contains("404"))
                let left = try await running.podman([
                    "exec", running.name, "ls", "-A", "/run/switchyard", "/var/cache/switchyard", "/tmp/home",
                ])
                #expect(!left.output.contains(".sh"))
            }
        }
    }

    @Test("the application is the first process: SIGTERM ends it at once")
    func forwardsSignals() async throws {
        try await BuildFixture.with { (fixture) async throws in
            let image = try await fixture.build(example: "python")
            try await fixture.running(image) { (running) async throws in
                #expect(try await running.get() == "Hello from Python\n")
                let clock = ContinuousClock()
                let time = try await clock.measure { _ = try await running.podman(["stop", "--time", "30", running.name]) }
                #expect(time < .seconds(15))
                let state = try await running.podman(["inspect", "--format", "{{.State.ExitCode}}", running.name]).output
                #expect(state == "0\n")
            }
        }
    }

    @Test("a failing command is named with its exit code and its last words, and nothing is left")
    func explainsFailure() async throws {
        try await BuildFixture.with { (fixture) async throws in
            let error = await failure {
                try await fixture.build(
                    ["start.sh": Self.script], settings: ServiceSettings(buildCommand: "echo one; echo 'no such thing' >&2; exit 7"))
            }
            #expect(error?.code == "BUILD_FAILED")
            #expect(error?.message.contains("exit code 7") == true && error?.message.contains("no such thing") == true)
            #expect(error?.message.contains("the build step") == true)
            #expect(await fixture.log.contains("one"))
            #expect(try await fixture.leftovers() == [])
        }
    }

    @Test("a build that eats memory ends alone, and the error says so")
    func limitsMemory() async throws {
        try await BuildFixture.with { (fixture) async throws in
            var small = fixture
            small.configuration.limits.memory = 64 << 20
            let error = await failure {
                try await small.build(
                    ["start.sh": Self.script], settings: ServiceSettings(buildCommand: "head -c 500m /dev/zero | tail -n 1 | wc -c"))
            }
            #expect(error?.code == "BUILD_OUT_OF_MEMORY")
            #expect(error?.message.contains("64 MiB") == true)
            #expect(try await fixture.leftovers() == [])
        }
    }

    @Test("a build has a bound on its processes")
    func limitsProcesses() async throws {
        try await BuildFixture.with { (fixture) async throws in
            var small = fixture
            small.configuration.limits.processes = 30
            let error = await failure {
                try await small.build(
                    ["start.sh": Self.script], settings: ServiceSettings(buildCommand: "for i in $(seq 100); do sleep 60 & done; wait"))
            }
            #expect(error?.code == "BUILD_FAILED")
            #expect(error?.message.contains("esource temporarily unavailable") == true)
            #expect(try await fixture.leftovers() == [])
        }
    }

    @Test("a build that takes too long is ended")
    func limitsTime() async throws {
        try await BuildFixture.with { (fixture) async throws in
            var short = fixture
            _ = try await fixture.build(["start.sh": Self.script])
            short.configuration.limits.timeout = .seconds(6)
            let error = await failure {
                try await short.build(["start.sh": Self.script], settings: ServiceSettings(buildCommand: "trap '' TERM; sleep 300"))
            }
            #expect(error?.code == "BUILD_TIMEOUT")
            #expect(try await fixture.leftovers() == [])
        }
    }

    @Test("cancelling ends the commands of the build and removes what was begun")
    func cancels() async throws {
        try await BuildFixture.with { (fixture) async throws in
            let marker = "sleep 31\(Int.random(in: 1000...9999))"
            let task = Task {
                try await fixture.build(["start.sh": Self.script], settings: ServiceSettings(buildCommand: "echo begun; \(marker)"))
            }
            await fixture.log.wait(for: "begun")
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await fixture.leftovers() == [])
            #expect(try await Command("pgrep", ["-fx", marker]).run().output == "")
        }
    }

    @Test("a Dockerfile's build can be cancelled, fails clearly, and gets arguments and secrets without keeping the latter")
    func buildsDockerfiles() async throws {
        try await BuildFixture.with { (fixture) async throws in
            let base = "FROM localhost/switchyard/stack:shell\n"
            let image = try await fixture.build(
                [
                    "Dockerfile": base + """
                        ARG GREETING
                        RUN --mount=type=secret,id=TOKEN sha256sum < /run/secrets/TOKEN > /sum.txt && echo "$GREETING" > /greeting.txt
                        COPY . /app
                        EXPOSE 8080 9090/udp
                        CMD ["busybox", "httpd", "-f", "-p", "8080", "-h", "/app"]
                        """, ".dockerignore": "ignored*\n", "ignored.txt": "x", "seen.txt": "seen",
                ], variables: ["GREETING": "it's $HOME \"x\"", "TOKEN": "secret", "PATH": "/nowhere", "LD_PRELOAD": "/nowhere.so"])
            #expect(image.exposedPorts == [8080])
            #expect(image.command == nil)
            try await fixture.running(image) { (running) async throws in
                #expect(try await running.get("/seen.txt") == "seen")
                #expect(try await running.get("/ignored.txt").contains("404"))
                #expect(try await running.podman(["exec", running.name, "cat", "/greeting.txt"]).output == "it's $HOME \"x\"\n")
                #expect(try await running.podman(["exec", running.name, "ls", "/run/secrets"]).output == "")
            }
            let failing = await failure { try await fixture.build(["Dockerfile": base + "RUN echo oh no >&2; exit 3\nCMD x"]) }
            #expect(failing?.code == "BUILD_FAILED")
            #expect(failing?.message.contains("RUN echo oh no") == true)
            let bare = await failure { try await fixture.build(["Dockerfile": "FROM scratch\nCOPY . /"]) }
            #expect(bare?.code == "START_COMMAND_NOT_FOUND")
            let task = Task { try await fixture.build(["Dockerfile": base + "RUN echo begun; sleep 300\nCMD x"]) }
            await fixture.log.wait(for: "begun")
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await fixture.leftovers() == [])
            let containers = try await Command("buildah", ["containers", "--format", "{{.ContainerName}}"]).run().output
            #expect(!containers.contains("-working-container"))
        }
    }

    @Test("a Dockerfile whose base can't be had says so")
    func reportsBase() async throws {
        try await BuildFixture.with { (fixture) async throws in
            let error = await failure { try await fixture.build(["Dockerfile": "FROM registry.invalid/nothing:1\nCMD x"]) }
            #expect(error?.code == "BASE_IMAGE_UNREACHABLE")
            let stack = await failure { try await fixture.build(["Dockerfile": "FROM localhost/switchyard/stack:cobol\nCMD x"]) }
            #expect(stack?.code == "BASE_IMAGE_UNREACHABLE")
            #expect(stack?.hint?.contains("python") == true)
            let piece = await failure { try await fixture.build(["Dockerfile": "FROM 1f3\nCMD x"]) }
            #expect(piece?.code == "IMAGE_NAME_INVALID")
        }
    }

    @Test("bad input is refused before anything is made", arguments: ["A B", "A=B", "1A", "", "A\n", "Ä", "A-B"])
    func refusesVariables(name: String) async throws {
        try await BuildFixture.with { (fixture) async throws in
            let error = await failure { try await fixture.build(["start.sh": Self.script], variables: [name: "x"]) }
            #expect(error?.code == "VARIABLE_INVALID")
            let nul = await failure { try await fixture.build(["start.sh": Self.script], variables: ["A": "x\u{0}y"]) }
            #expect(nul?.code == "VARIABLE_INVALID")
        }
    }

    @Test("what is no archive, and a source without a language, are told apart")
    func refusesSources() async throws {
        try await BuildFixture.with { (fixture) async throws in
            let none = await failure { try await fixture.build(fixture.request(.archive(path: "/etc/passwd"))) }
            #expect(none?.code == "SOURCE_UNREADABLE")
            let unknown = await failure { try await fixture.build(["README.md": "hello"]) }
            #expect(unknown?.code == "NO_LANGUAGE_FOUND")
            let root = await failure { try await fixture.build(["a/start.sh": Self.script], settings: ServiceSettings(rootDirectory: "b")) }
            #expect(root?.code == "ROOT_DIRECTORY_NOT_FOUND")
            let image = try await fixture.build(["a/start.sh": Self.script], settings: ServiceSettings(rootDirectory: "a"))
            #expect(image.planSummary.contains("bash start.sh"))
            #expect(try await fixture.leftovers() == [])
        }
    }

    @Test("files with odd names are built like others")
    func takesOddNames() async throws {
        try await BuildFixture.with { (fixture) async throws in
            let image = try await fixture.build(["start.sh": Self.script, "-rf": "1", "a b'$(touch x)'.conf": "2", "--help": "3"])
            try await fixture.running(image) { (running) async throws in
                #expect(try await running.get("/-rf") == "1")
                #expect(try await running.get("/--help") == "3")
            }
        }
    }

    @Test("collection keeps what is to be kept, removes the rest, and touches nobody else's")
    func collectsGarbage() async throws {
        try await BuildFixture.with { (fixture) async throws in
            let first = try await fixture.build(["start.sh": Self.script, "v": "1"])
            let second = try await fixture.build(["start.sh": Self.script, "v": "2"])
            let builder = Builder(configuration: fixture.configuration)
            let young = try await builder.collectGarbage(keeping: [second.id])
            #expect(young.images == 0, "a young image may belong to a deployment that is just being made")
            let before = try await Command("buildah", ["images", "--quiet", "localhost/switchyard/stack"]).run().output
            let report = try await builder.collectGarbage(keeping: [second.id], grace: .seconds(-60))
            #expect(report.images == 1)
            #expect(try await !Command("buildah", ["inspect", "--type", "image", first.reference]).run().isSuccess)
            #expect(try await Command("buildah", ["inspect", "--type", "image", second.reference]).run().isSuccess)
            #expect(try await Command("buildah", ["images", "--quiet", "localhost/switchyard/stack"]).run().output == before)
            #expect(try await builder.collectGarbage(keeping: [second.reference], grace: .seconds(-60)).images == 0)
            #expect(try await builder.collectGarbage(keeping: [], grace: .seconds(-60)).images == 1)
        }
    }

    @Test("the layers of a Dockerfile go with its images, and stay while one of them is kept")
    func collectsLayers() async throws {
        try await BuildFixture.with { (fixture) async throws in
            let text = "FROM localhost/switchyard/stack:shell\nRUN echo one > /one\nCOPY v /v\nCMD [\"true\"]"
            let first = try await fixture.build(["Dockerfile": text, "v": "1"])
            let second = try await fixture.build(["Dockerfile": text, "v": "2"])
            #expect(await fixture.log.contains("Using cache"))
            let builder = Builder(configuration: fixture.configuration)
            #expect(try await builder.collectGarbage(keeping: [second.id], grace: .seconds(-60)).images == 1)
            await fixture.log.clear()
            let third = try await fixture.build(["Dockerfile": text, "v": "2"])
            #expect(await fixture.log.contains("Using cache"), "the layers under a kept image are still there")
            _ = try await builder.collectGarbage(keeping: [], grace: .seconds(-60))
            let left = try await Command(
                "buildah", ["images", "--all", "--quiet", "--filter", "label=dev.switchyard.instance=\(fixture.instance)"]
            ).run().output
            #expect(left == "", "\(first.id) \(third.id)")
        }
    }

    @Test("what a dead builder left is ended and removed, and living builds are left alone")
    func cleansUpDeadBuilds() async throws {
        try await BuildFixture.with { (fixture) async throws in
            let marker = "sleep 32\(Int.random(in: 1000...9999))"
            let living = Task {
                try await fixture.build(["start.sh": Self.script], settings: ServiceSettings(buildCommand: "echo begun; \(marker)"))
            }
            await fixture.log.wait(for: "begun")
            // A dead build: a folder without a lock, a container of its name.
            let dead = UUID().uuidString.lowercased()
            try FileManager.default.createDirectory(
                atPath: fixture.configuration.workDirectory + "/" + dead, withIntermediateDirectories: true)
            let name = "\(fixture.instance)-build-\(dead)-code"
            try #require(try await Command("buildah", ["from", "--name", name, "localhost/switchyard/stack:shell"]).run().isSuccess)
            try await Builder(configuration: fixture.configuration).cleanUpDeadBuilds()
            let left = try await fixture.leftovers()
            #expect(!left.contains { $0.contains(dead) })
            #expect(left.contains { $0.hasPrefix("\(fixture.instance)-build-") })
            #expect(try await Command("pgrep", ["-fx", marker]).run().output != "")
            living.cancel()
            _ = try? await living.value
        }
    }
}
