import FoundationEssentials
import Glibc
import Kernel
import Processes

/// The instance's unit, where systemd runs this machine and we may write units. Only the main process is systemd's to stop:
/// the database, the edge and the containers outlive a restart of the control plane.
struct SystemdUnit: Sendable {
    private let name: String
    private let path: String
    private let text: String

    /// Nil where systemd doesn't run, or we aren't root.
    init?(_ configuration: Configuration, program: String) {
        guard access("/run/systemd/system", F_OK) == 0, getuid() == 0 else { return nil }
        name = configuration.name + ".service"
        path = "/etc/systemd/system/" + name
        text = """
            [Unit]
            Description=Switchyard (\(configuration.name))
            After=network-online.target
            Wants=network-online.target

            [Service]
            Type=exec
            ExecStart=\(program) serve
            Environment=SWITCHYARD_DATA=\(configuration.data)
            Restart=always
            RestartSec=1
            KillMode=process
            TimeoutStopSec=30
            LimitNOFILE=1048576
            Delegate=yes

            [Install]
            WantedBy=multi-user.target

            """
    }

    func start() async throws {
        let isNew = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } != text
        if isNew {
            try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
            try await systemctl("daemon-reload")
        }
        try await systemctl("enable", "--now", name)
    }

    func stop() async throws {
        try await systemctl("stop", name)
    }

    private func systemctl(_ arguments: String...) async throws {
        let finished = try await Command("/usr/bin/systemctl", arguments).run(timeout: .seconds(60))
        guard finished.isSuccess else {
            throw SwitchyardError(
                .unavailable, code: "SYSTEMD_FAILED", "systemctl \(arguments.joined(separator: " ")): \(finished.errorOutput.prefix(300))",
                hint: "systemctl status \(name)")
        }
    }
}
