import AsyncHTTPClient
import FoundationEssentials
import Glibc
import Kernel
import Logging
import NIOCore
import NIOHTTP1
import Processes

/// This instance as seen from outside: its background process, its ports, its unit.
struct Instance: Sendable {
    let configuration: Configuration
    private let supervisor: Daemon
    private let program: String

    init(_ configuration: Configuration) throws {
        self.configuration = configuration
        program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        supervisor = Daemon(
            name: "switchyard", command: Command(program, ["supervise"]), pidFile: configuration.data + "/run/switchyard.pid",
            logFile: configuration.data + "/log/switchyard.log")
    }

    /// What was decided at the start before; nil before the first.
    var ports: PortChoice? {
        PortChoice.decided(configuration)
    }

    func apiURL(_ ports: PortChoice) -> String {
        "http://127.0.0.1:\(ports.api)"
    }

    /// By systemd where it runs, else as a daemon of our own.
    func start() async throws {
        try SettingFiles.check(configuration)
        try Folders.make(configuration)
        let written = try EnvironmentSettings.writeDown(ProcessInfo.processInfo.environment, data: configuration.data)
        if !written.isEmpty {
            printLine("\(written.joined(separator: ", ")) from the environment: written to \(Configuration.file(in: configuration.data))")
        }
        if let unit = SystemdUnit(configuration, program: program) {
            try await unit.start()
        } else {
            _ = try await supervisor.adoptOrStart()
        }
    }

    /// - Parameter all: Applications, edge and database too.
    func stop(all: Bool) async throws {
        if let unit = SystemdUnit(configuration, program: program) {
            try await unit.stop()
        } else {
            await supervisor.stop(grace: .seconds(30))
        }
        if all {
            try await Server(configuration).stopParts()
        }
    }

    func waitUntilReady(_ limit: Duration) async throws -> PortChoice {
        let clock = ContinuousClock()
        let deadline = clock.now + limit
        while clock.now < deadline {
            if let ports, await answers(ports) { return ports }
            try await clock.sleep(for: .milliseconds(50))
        }
        let log = String(
            decoding: FileManager.default.contents(atPath: configuration.data + "/log/switchyard.log") ?? Data(), as: UTF8.self)
        throw SwitchyardError(
            .timeout, code: "START_TIMEOUT",
            "the platform did not answer within \(limit.components.seconds) s; its last lines:\n\(log.suffix(2_000))",
            hint: "`switchyard doctor` says what is wrong with the machine; the whole log is \(configuration.data)/log/switchyard.log")
    }

    func answers(_ ports: PortChoice) async -> Bool {
        let response = try? await HTTPClient.shared.execute(
            HTTPClientRequest(url: apiURL(ports) + "/api/v1/health"), timeout: .seconds(2))
        return response?.status == .ok
    }
}

/// The folders of an instance. The data folder itself can be passed through, since the database and the edge have users of
/// their own; what is in it is closed.
enum Folders {
    static func make(_ configuration: Configuration) throws {
        for (folder, mode) in [("", 0o711), ("/run", 0o711), ("/log", 0o700), ("/keys", 0o700), ("/builds", 0o700)] as [(String, mode_t)] {
            let path = configuration.data + folder
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            guard chmod(path, mode) == 0 else {
                throw SwitchyardError(.unavailable, code: "DATA_UNAVAILABLE", "\(path): \(String(cString: strerror(errno)))")
            }
        }
    }
}
