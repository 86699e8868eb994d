import AsyncHTTPClient
import FoundationEssentials
import Glibc
import NIOCore
import NIOHTTP1
import Processes
import Resources
import TestSupport
import Testing
import WebSocket

/// A whole platform of its own: data folder, ports, name prefix. Driven as its users drive it, by `switchyard`, `yard` and
/// requests through the edge; removed with all it made, also when the test fails.
struct TestPlatform: Sendable {
    let name: String
    let data: String
    let apiPort: Int
    let httpPort: Int
    private let environment: [String: String]
    private let hasOwnDisk: Bool

    /// Starts a platform, and removes it after `body`.
    /// - Parameter disk: bytes of a disk of its own for everything, images too; nil: it shares the machine's.
    static func with(
        _ settings: [String: String] = [:], disk: Int? = nil, _ body: (TestPlatform) async throws -> Void
    ) async throws {
        let platform = try TestPlatform(settings, hasOwnDisk: disk != nil)
        let result: Result<Void, any Error>
        do {
            if let disk { try await platform.mountDisk(disk) }
            try await platform.start()
            try await platform.logIn()
            result = .success(try await body(platform))
        } catch {
            let log = (try? String(contentsOfFile: platform.data + "/log/switchyard.log", encoding: .utf8)) ?? ""
            Issue.record("the platform's last lines:\n\(log.suffix(3_000))")
            result = .failure(error)
        }
        await platform.remove()
        try result.get()
    }

    private init(_ settings: [String: String], hasOwnDisk: Bool) throws {
        name = "e2e\(getpid())x\(UInt16.random(in: .min ... .max))"
        data = try TestFolder.make()
        let ports = try FreePorts.take(3)
        (apiPort, httpPort) = (ports[0], ports[1])
        var environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("SWITCHYARD_") && $0.key != "DATABASE_URL" }
        environment["SWITCHYARD_DATA"] = data
        environment["SWITCHYARD_NAME"] = name
        // Also where a Docker runs: what is left is looked for in Podman.
        environment["SWITCHYARD_ENGINE_SOCKET"] = "own"
        environment["SWITCHYARD_API_PORT"] = "\(ports[0])"
        environment["SWITCHYARD_HTTP_PORT"] = "\(ports[1])"
        environment["SWITCHYARD_HTTPS_PORT"] = "\(ports[2])"
        environment["SWITCHYARD_EDGE_ADDRESS"] = "127.0.0.1"
        // Builds reach PyPI through whatever authority the machine itself trusts.
        environment["SWITCHYARD_EXTRA_CA"] = "/etc/ssl/certs/ca-certificates.crt"
        environment["SWITCHYARD_MIRROR_IS_FROZEN"] = "yes"
        environment["SWITCHYARD_CONFIG_DIR"] = data + "/client"
        environment["SWITCHYARD_URL"] = "http://127.0.0.1:\(ports[0])"
        environment["NO_COLOR"] = "1"
        if hasOwnDisk { environment["CONTAINERS_STORAGE_CONF"] = data + "/storage.conf" }
        self.hasOwnDisk = hasOwnDisk
        self.environment = environment.merging(settings) { $1 }
    }

    // MARK: The operator

    private func mountDisk(_ size: Int) async throws {
        _ = try await succeed(Command("mount", ["-t", "tmpfs", "-o", "size=\(size)", "tmpfs", data]), within: .seconds(10))
        let storage = "[storage]\ndriver = \"overlay\"\ngraphroot = \"\(data)/images\"\nrunroot = \"\(data)/images-run\"\n"
        try Data(storage.utf8).write(to: URL(filePath: data + "/storage.conf"))
    }

    func start() async throws {
        _ = try await switchyard("start", "--wait", "120")
    }

    func stop() async throws {
        _ = try await switchyard("stop")
    }

    @discardableResult
    func switchyard(_ arguments: String...) async throws -> String {
        try await succeed(Command(Programs.path("switchyard"), arguments, environment: environment), within: .seconds(180))
    }

    private func logIn() async throws {
        let token = try await switchyard("token", "take").split(separator: "\n").last ?? ""
        try await yard("login", "--token", String(token))
    }

    /// The server's own process: the supervisor's child. It may only just be started again.
    func serverProcess() async throws -> pid_t {
        let supervisor = try pid(in: data + "/run/switchyard.pid")
        var child: pid_t?
        try await eventually("the server has a process", within: .seconds(15)) {
            // Whichever thread started it is its parent.
            child = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(supervisor)/task").lazy.compactMap { thread in
                try? String(contentsOfFile: "/proc/\(supervisor)/task/\(thread)/children", encoding: .utf8)
            }.compactMap { $0.split(separator: " ").first.flatMap { pid_t($0) } }.first
            return child != nil
        }
        return try #require(child)
    }

    /// The pid in a daemon's pid file.
    func pid(in file: String) throws -> pid_t {
        let text = try String(contentsOfFile: file, encoding: .utf8)
        return try #require(text.split(whereSeparator: \.isWhitespace).first.flatMap { pid_t($0) })
    }

    /// Waits until the API answers again.
    func waitForAPI() async throws {
        try await eventually("the API answers") {
            let response = try? await HTTPClient.shared.execute(
                HTTPClientRequest(url: "http://127.0.0.1:\(apiPort)/api/v1/health"), timeout: .seconds(2))
            return response?.status == .ok
        }
    }

    // MARK: The developer

    /// Runs `yard`, which must succeed, and returns what it prints.
    @discardableResult
    func yard(_ arguments: String..., in folder: String? = nil) async throws -> String {
        try await succeed(command("yard", arguments, folder), within: .seconds(900))
    }

    /// The same, with arguments that were put together before.
    @discardableResult
    func yard(_ arguments: [String]) async throws -> String {
        try await succeed(command("yard", arguments, nil), within: .seconds(900))
    }

    /// Runs `yard`, whatever comes of it.
    func tryYard(_ arguments: String..., in folder: String? = nil) async throws -> Finished {
        try await tryYard(arguments, in: folder)
    }

    func tryYard(_ arguments: [String], in folder: String? = nil) async throws -> Finished {
        try await command("yard", arguments, folder).run(timeout: .seconds(900))
    }

    /// Runs `yard ... --json`, which must succeed.
    func yardJSON<Value: Decodable>(_ type: Value.Type, _ arguments: String..., in folder: String? = nil) async throws -> Value {
        let text = try await succeed(command("yard", arguments + ["--json"], folder), within: .seconds(900))
        return try ResourceCoding.decode(type, from: Data(text.utf8))
    }

    private func command(_ program: String, _ arguments: [String], _ folder: String?) -> Command {
        Command(Programs.path(program), arguments, environment: environment, directory: folder ?? data)
    }

    private func succeed(_ command: Command, within time: Duration) async throws -> String {
        let finished = try await command.run(timeout: time)
        guard finished.isSuccess else {
            throw Failure(
                text: "\(command.arguments.joined(separator: " ")): \(finished.exit)\n\(finished.output)\n\(finished.errorOutput)")
        }
        return finished.output
    }

    // MARK: The visitor

    struct Answer: Sendable {
        let status: Int
        let body: String
        let headers: HTTPHeaders
    }

    /// Asks a host through the edge.
    func get(_ host: String, _ path: String = "/", timeout: TimeAmount = .seconds(20)) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(httpPort)\(path)")
        request.headers.add(name: "host", value: host)
        let response = try await HTTPClient.shared.execute(request, timeout: timeout)
        let body = try await response.body.collect(upTo: 1 << 22)
        return Answer(status: Int(response.status.code), body: String(buffer: body), headers: response.headers)
    }

    /// Opens an application's WebSocket through the edge.
    func openWebSocket(_ app: Application) async throws -> WebSocketConnection {
        try await WebSocketClient.connect(to: "ws://127.0.0.1:\(httpPort)/socket", headers: [("Host", app.host)])
    }

    // MARK: What is left

    /// The names of this platform's containers.
    func containers() async throws -> [String] {
        try await podman("ps", "--all", "--format", "{{.Names}}", "--filter", "label=switchyard.instance=\(name)")
    }

    func networks() async throws -> [String] {
        try await podman("network", "ls", "--format", "{{.Name}}").filter { $0.contains(name) }
    }

    func volumes() async throws -> [String] {
        try await podman("volume", "ls", "--format", "{{.Name}}").filter { $0.contains(name) }
    }

    @discardableResult
    func podman(_ arguments: String...) async throws -> [String] {
        let finished = try await Command("podman", ["--runtime", "runc"] + arguments, environment: environment).run(timeout: .seconds(120))
        return finished.output.split(separator: "\n").map(String.init)
    }

    private func remove() async {
        _ = try? await switchyard("stop")
        for container in (try? await containers()) ?? [] { _ = try? await podman("rm", "--force", "--time", "0", container) }
        for volume in (try? await volumes()) ?? [] { _ = try? await podman("volume", "rm", "--force", volume) }
        for network in (try? await networks()) ?? [] { _ = try? await podman("network", "rm", "--force", network) }
        for image in (try? await podman("images", "--format", "{{.ID}}", "--filter", "label=dev.switchyard.instance=\(name)")) ?? [] {
            _ = try? await podman("rmi", "--force", image)
        }
        if hasOwnDisk {
            // Whatever is left in it goes with it.
            _ = try? await Command("umount", ["--recursive", "--lazy", data]).run(timeout: .seconds(10))
        }
        TestFolder.remove(data)
    }

    struct Failure: Error, CustomStringConvertible {
        let text: String
        var description: String { text }
    }
}

/// Where the programs that the tests run were built: beside the tests.
enum Programs {
    static func path(_ name: String) -> String {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return tests.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/" + name
    }
}

/// Asks again until it is so, for a minute at most.
func eventually(_ what: String, within limit: Duration = .seconds(60), _ isSo: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if try await isSo() { return }
        try await Task.sleep(for: .milliseconds(50))
    }
    throw TestPlatform.Failure(text: "not within \(limit.components.seconds) s: \(what)")
}
