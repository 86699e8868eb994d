import ContainerEngine
import Glibc

/// Whether containers can be run: the engine, its runtime, its network helpers, its init.
struct EngineCheck: Sendable {
    var socketPath: String?
    var temporaryFolder: String
    var podman = "podman"
    var runtimes = ContainerRuntime.candidates

    /// The oldest Podman whose interface was tried.
    private static let oldestPodman = [4, 3]
    private static let helperFolders = ["/usr/libexec/podman", "/usr/lib/podman", "/usr/local/libexec/podman", "/usr/local/lib/podman"]

    private static let filterPrograms: [String] = ["/usr/sbin/iptables", "/sbin/iptables", "/usr/local/sbin/iptables"]

    func findings() async -> [Finding] {
        // Builds need a runtime, whoever runs the engine.
        if let socketPath { return [await runningEngine(socketPath)] + (await runtimeFindings()) }
        guard let version = await EngineService.version(of: podman) else {
            return [Finding(.error, "ENGINE_MISSING", "there is no container engine", remedy: "apt-get install podman")]
        }
        return [versionFinding(version)] + (await runtimeFindings()) + helperFindings()
    }

    private func runningEngine(_ path: String) async -> Finding {
        do {
            let client = try await EngineClient.connect(socketPath: path)
            let version = client.version
            await client.close()
            return Finding(.good, "ENGINE", "\(version.product.rawValue) \(version.version) answers at \(path)")
        } catch {
            return Finding(
                .error, "ENGINE_UNREACHABLE", "\(error)", remedy: "start the engine, or correct the socket's path in the settings")
        }
    }

    private func versionFinding(_ version: String) -> Finding {
        let numbers = version.split(separator: ".").prefix(2).compactMap { Int($0) }
        guard numbers.count == 2, !numbers.lexicographicallyPrecedes(Self.oldestPodman) else {
            return Finding(
                .warning, "ENGINE_OLD", "Podman \(version) is older than 4.3, which the platform is tested with",
                remedy: "install Podman from Debian 12 or newer")
        }
        return Finding(.good, "ENGINE", "Podman \(version) is installed")
    }

    private func runtimeFindings() async -> [Finding] {
        let trials = await ContainerRuntime.findWorking(candidates: runtimes, folder: temporaryFolder)
        let failures = trials.failures.sorted { $0.key < $1.key }
        guard let working = trials.working else {
            let reasons = failures.map { "\($0.key): \($0.value)" }.joined(separator: "; ")
            return [
                Finding(
                    .error, "RUNTIME_FAILS", "no OCI runtime can start a container here (\(reasons))",
                    remedy: "apt-get install runc, run as root, and boot with one cgroup layout (version 1 or 2, not hybrid)")
            ]
        }
        return [Finding(.good, "RUNTIME", "\(working.name) can start containers with limits")]
            + failures.map { Finding(.note, "RUNTIME_SKIPPED", "\($0.key) isn't used: \($0.value)") }
    }

    private func helperFindings() -> [Finding] {
        func isThere(_ name: String) -> Bool {
            Self.helperFolders.contains { access("\($0)/\(name)", X_OK) == 0 }
        }
        let network =
            isThere("netavark") && isThere("aardvark-dns")
            ? Finding(.good, "CONTAINER_NETWORK", "netavark and aardvark-dns are installed")
            : Finding(
                .error, "CONTAINER_NETWORK_MISSING", "services couldn't reach each other by name: netavark or aardvark-dns is missing",
                remedy: "apt-get install netavark aardvark-dns")
        let initProgram =
            InitProgram.isInstalled()
            ? Finding(.good, "CONTAINER_INIT", "catatonit is installed")
            : Finding(
                .warning, "CONTAINER_INIT_MISSING", "applications that don't handle SIGTERM themselves will be stopped by SIGKILL",
                remedy: "apt-get install catatonit")
        let filter =
            Self.filterPrograms.contains { access($0, X_OK) == 0 }
            ? Finding(.good, "CONTAINER_ISOLATION", "iptables is installed")
            : Finding(
                .warning, "CONTAINER_ISOLATION_WEAK", "environments are kept apart by Podman only, which older versions do badly",
                remedy: "apt-get install iptables")
        return [network, filter, initProgram]
    }
}
