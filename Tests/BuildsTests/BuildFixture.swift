import Builds
import FoundationEssentials
import Glibc
import Processes
import Resources
import Testing

/// A builder with an instance name, folders and a service of its own. Everything that it made is removed at the end.
struct BuildFixture: Sendable {
    let instance = "sybuilds-test-" + UUID().uuidString.lowercased().prefix(8)
    let directory: String
    var configuration: BuilderConfiguration
    let workspace = Workspace.ID.new()
    let environment = Environment.ID.new()
    let service = Service.ID.new()
    let log = LineLog()

    private init() throws {
        directory = "/tmp/\(instance)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        configuration = BuilderConfiguration(
            instance: instance, workDirectory: directory + "/work", cacheDirectory: directory + "/cache",
            limits: BuildLimits(memory: 1 << 30, timeout: .seconds(300)), stack: StackConfiguration(checksValidUntil: false),
            runtime: Self.runtime, extraCertificateAuthority: Self.variable("PIP_CERT"), allowsPrivateAddresses: true)
    }

    /// Machines with control groups of version 1 need runc.
    static var runtime: String? {
        access("/sys/fs/cgroup/cgroup.controllers", F_OK) == 0 ? nil : "runc"
    }

    static func with<Value: Sendable>(_ body: @Sendable (BuildFixture) async throws -> Value) async throws -> Value {
        let fixture = try BuildFixture()
        let result: Result<Value, any Error>
        do { result = .success(try await body(fixture)) } catch { result = .failure(error) }
        await fixture.cleanUp()
        return try result.get()
    }

    private func cleanUp() async {
        var configuration = configuration
        configuration.dependencyImagesPerService = 0
        _ = try? await Builder(configuration: configuration).collectGarbage(keeping: [], grace: .seconds(-60))
        try? FileManager.default.removeItem(atPath: directory)
    }

    static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    /// The folder `examples/<name>` of the repository.
    static func example(_ name: String) -> String {
        let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
        return root + "/examples/" + name
    }

    /// An archive of a folder of files.
    func archive(_ files: [String: String]) async throws -> String {
        let folder = "\(directory)/source-\(UUID().uuidString)"
        for (path, text) in files {
            let target = folder + "/" + path
            let parent = target.split(separator: "/").dropLast().map { "/" + $0 }.joined()
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(filePath: target))
            if path.hasSuffix(".sh") { chmod(target, 0o755) }
        }
        return try await archive(folder: folder)
    }

    func archive(folder: String) async throws -> String {
        let path = "\(directory)/\(UUID().uuidString).tar.gz"
        let finished = try await Command("tar", ["-czf", path, "-C", folder, "."]).run()
        try #require(finished.isSuccess)
        return path
    }

    func request(
        _ source: BuildRequest.Source, settings: ServiceSettings = ServiceSettings(), variables: [String: String] = [:]
    ) -> BuildRequest {
        BuildRequest(
            id: .new(), workspace: workspace, service: service, environment: environment, source: source, settings: settings,
            variables: variables)
    }

    func build(_ request: BuildRequest) async throws -> BuiltImage {
        let log = log
        let result: Result<BuiltImage, any Error>
        do {
            result = .success(
                try await Builder(configuration: configuration).build(request) { level, text in await log.append(level, text) })
        } catch {
            result = .failure(error)
        }
        await log.end()
        return try result.get()
    }

    func build(_ files: [String: String], settings: ServiceSettings = ServiceSettings(), variables: [String: String] = [:]) async throws
        -> BuiltImage
    {
        try await build(request(.archive(path: archive(files)), settings: settings, variables: variables))
    }

    func build(example: String) async throws -> BuiltImage {
        try await build(request(.archive(path: archive(folder: Self.example(example)))))
    }

    /// Runs the image with `PORT` set, hands its address to the body, and removes it.
    func running<Value>(_ image: BuiltImage, _ body: (RunningImage) async throws -> Value) async throws -> Value {
        let name = "\(instance)-\(UUID().uuidString.lowercased().prefix(8))"
        let podman = Self.runtime.map { ["--runtime", $0] } ?? []
        let arguments =
            podman + ["run", "--detach", "--name", name, "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=4096:4096"]
            + ["--env", "PORT=8080", "--publish", "127.0.0.1::8080", image.id]
        let started = try await Command("podman", arguments).run()
        let result: Result<Value, any Error>
        do { result = .success(try await ask(name, started, podman, body)) } catch { result = .failure(error) }
        _ = try await Command("podman", podman + ["rm", "--force", "--time", "0", name]).run()
        return try result.get()
    }

    private func ask<Value>(
        _ name: String, _ started: Finished, _ podman: [String], _ body: (RunningImage) async throws -> Value
    ) async throws -> Value {
        try #require(started.isSuccess, "\(started.errorOutput)")
        let port = try await Command("podman", podman + ["port", name, "8080"]).run().output
        let address = port.split(separator: "\n").first.map(String.init) ?? ""
        return try await body(RunningImage(name: name, url: "http://" + address, options: podman))
    }

    /// Everything that is left of this fixture: working containers and control groups.
    func leftovers() async throws -> [String] {
        let containers = try await Command("buildah", ["containers", "--format", "{{.ContainerName}}"]).run().output
        var found = containers.split(separator: "\n").map(String.init).filter {
            $0.contains(instance) || $0.contains("\(environment)")
        }
        let images = try await Command("buildah", ["images", "--format", "{{.Name}}"]).run().output
        found += images.split(separator: "\n").map(String.init).filter { $0.contains("\(instance)/base") }
        found += (try? FileManager.default.contentsOfDirectory(atPath: configuration.workDirectory)) ?? []
        for tree in ["", "/pids", "/memory", "/unified"] {
            let groups = (try? FileManager.default.contentsOfDirectory(atPath: "/sys/fs/cgroup\(tree)/switchyard-builds")) ?? []
            found += groups.filter { $0.contains(instance) }
        }
        return found
    }
}

struct RunningImage: Sendable {
    let name: String
    let url: String
    let options: [String]

    /// The answer to a request, asked again until the server is up.
    func get(_ path: String = "/", headers: Bool = false) async throws -> String {
        let arguments =
            [
                "--silent", "--show-error", "--path-as-is", "--globoff", "--max-time", "20", "--retry", "40", "--retry-delay", "0",
                "--retry-max-time", "30",
            ]
            + ["--retry-all-errors", "--retry-connrefused"] + (headers ? ["--include"] : []) + [url + path]
        return try await Command("curl", arguments).run().output
    }

    func podman(_ arguments: [String]) async throws -> Finished {
        try await Command("podman", options + arguments).run()
    }
}

/// The lines of a build.
actor LineLog {
    private(set) var lines: [String] = []
    private var waiting: [(part: String, continuation: CheckedContinuation<Void, Never>)] = []

    func append(_ level: LogLevel, _ text: String) {
        lines.append(text)
        waiting.removeAll { waiter in
            guard text.contains(waiter.part) else { return false }
            waiter.continuation.resume()
            return true
        }
    }

    func contains(_ part: String) -> Bool {
        lines.contains { $0.contains(part) }
    }

    /// Nobody waits any longer than a build lasts.
    func end() {
        for waiter in waiting { waiter.continuation.resume() }
        waiting = []
    }

    /// Waits for a line with this part, or the end of a build.
    func wait(for part: String) async {
        if contains(part) { return }
        await withCheckedContinuation { waiting.append((part, $0)) }
    }

    func clear() {
        lines = []
    }
}
