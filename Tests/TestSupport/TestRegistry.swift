internal import FoundationEssentials
internal import Glibc
internal import Processes

/// A registry of its own on loopback, without TLS, for images that tests push, and pull again.
public struct TestRegistry: Sendable {
    /// `127.0.0.1:port`, as it stands in images' names.
    public let host: String
    /// A `containers-auth.json(5)` with the login; without one when the registry asks for none.
    public let authFile: String
    public let folder: String
    private let process: ChildProcess

    public static let user = "alice"
    public static let password = "wonder:land"

    private struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Runs `body` with a registry that knows one image, ``TestImage``, as `team/app:1`.
    /// - Parameter asksForLogin: nobody can read it without ``user`` and ``password``.
    public static func with<Value: Sendable>(asksForLogin: Bool, _ body: @Sendable (TestRegistry) async throws -> Value) async throws
        -> Value
    {
        let folder = try TestFolder.make()
        defer { TestFolder.remove(folder) }
        let host = "127.0.0.1:\(try FreePorts.take(1)[0])"
        try await write(folder: folder, host: host, asksForLogin: asksForLogin)
        let process = try await ChildProcess.start(["/usr/bin/docker-registry", "serve", folder + "/config.yml"], output: folder + "/log")
        let result: Result<Value, any Error>
        do {
            let registry = TestRegistry(host: host, authFile: folder + "/auth.json", folder: folder, process: process)
            try await registry.push()
            result = .success(try await body(registry))
        } catch {
            result = .failure(error)
        }
        process.signal(SIGKILL)
        _ = await process.exitStatus
        return try result.get()
    }

    /// Nobody answers any more.
    public func stop() {
        process.signal(SIGKILL)
    }

    /// Writes a `containers-registries.conf(5)` by which this registry is reached, and is the mirror of another, which isn't there.
    public func writeRegistriesFile(mirrorOf other: String, to path: String) throws {
        let text = """
            unqualified-search-registries = []
            [[registry]]
            location = "\(host)"
            insecure = true
            [[registry]]
            location = "\(other)"
            [[registry.mirror]]
            location = "\(host)"
            insecure = true

            """
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    /// Tried again until the registry listens.
    private func push() async throws {
        let image = try await TestImage.ensure()
        var last = ""
        for _ in 0..<100 {
            let finished = try await Command(
                "podman", ["push", "--quiet", "--tls-verify=false", "--authfile", authFile, image, "docker://\(host)/team/app:1"]
            ).run(timeout: .seconds(60))
            if finished.isSuccess { return }
            last = finished.errorOutput
            guard last.contains("refused") else { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw Failure(description: "the registry took no image: \(last)")
    }

    private static func write(folder: String, host: String, asksForLogin: Bool) async throws {
        var config = """
            version: 0.1
            log: {level: error, accesslog: {disabled: true}}
            storage: {filesystem: {rootdirectory: \(folder)/images}}
            http: {addr: "\(host)"}

            """
        var auths = ""
        if asksForLogin {
            let finished = try await Command("htpasswd", ["-Bbn", "-C", "5", user, password]).run(timeout: .seconds(20))
            guard finished.isSuccess else { throw Failure(description: "htpasswd: \(finished.errorOutput)") }
            try Data(finished.output.utf8).write(to: URL(filePath: folder + "/users"))
            config += "auth: {htpasswd: {realm: test, path: \(folder)/users}}\n"
            auths = #""\#(host)":{"auth":"\#(Data("\(user):\(password)".utf8).base64EncodedString())"}"#
        }
        try Data(config.utf8).write(to: URL(filePath: folder + "/config.yml"))
        try Data("{\"auths\":{\(auths)}}".utf8).write(to: URL(filePath: folder + "/auth.json"))
    }
}
