import Glibc
import Kernel
import Processes

/// Runs Buildah: with argument arrays, a small environment of its own, and a low priority, so that builds never slow down the
/// control plane and the edge.
struct Buildah: Sendable {
    /// Inherited variables: what Buildah and the network need, and nothing of the server's own.
    private static let inherited = [
        "PATH", "HOME", "XDG_RUNTIME_DIR", "CONTAINERS_CONF", "CONTAINERS_STORAGE_CONF", "CONTAINERS_REGISTRIES_CONF", "SSL_CERT_FILE",
        "SSL_CERT_DIR", "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
    ]

    var environment: [String: String]
    /// For `run` and `build`.
    var runtime: String?
    var registryCredentials: String?

    /// - Parameter temporaryDirectory: also holds the caches that Dockerfiles mount, so that no two services share one.
    init(configuration: BuilderConfiguration, temporaryDirectory: String) {
        environment = [:]
        for name in Self.inherited {
            if let value = getenv(name) { environment[name] = String(cString: value) }
        }
        environment["TMPDIR"] = temporaryDirectory
        environment["LC_ALL"] = "C.UTF-8"
        if let file = configuration.registriesFile { environment["CONTAINERS_REGISTRIES_CONF"] = file }
        runtime = configuration.runtime
        registryCredentials = configuration.registryCredentials
    }

    /// How containers are isolated while a command runs in them.
    var isolation: [String] {
        ["--isolation", "oci"] + (runtime.map { ["--runtime", $0] } ?? [])
    }

    func command(_ arguments: [String], extra: [String: String] = [:]) -> Command {
        Command("nice", ["-n", "10", "buildah"] + arguments, environment: environment.merging(extra) { $1 })
    }

    /// What the command writes to its standard output, without white space around it.
    /// - Throws: `SwitchyardError` with `BUILD_TOOL_FAILED`, or `ProcessError` when it can't be run or is cancelled.
    @discardableResult
    func output(_ arguments: [String], timeout: Duration = .seconds(600)) async throws -> String {
        let finished = try await command(arguments).run(limit: 8 << 20, timeout: timeout)
        guard finished.isSuccess else {
            let text = finished.errorOutput.trimmed
            let isFull = text.contains("no space left on device")
            throw SwitchyardError(
                isFull ? .unavailable : .internalFault, code: isFull ? "DISK_FULL" : "BUILD_TOOL_FAILED",
                isFull ? "the disk is full" : "buildah \(arguments.first ?? "") failed: \(text.suffix(400))",
                hint: isFull ? "free some space, then deploy again" : nil)
        }
        return finished.output.trimmed
    }

    /// The image's id in hex; nil when there is no such image on this machine.
    func imageID(_ reference: String) async throws -> String? {
        let finished = try await command(["inspect", "--type", "image", "--format", "{{.FromImageID}}", reference]).run(
            timeout: .seconds(60))
        let text = finished.output.trimmed
        return finished.isSuccess && !text.isEmpty ? text : nil
    }

    /// The words of a command in the form that `buildah config --cmd` takes apart again.
    static func quoted(_ words: [String]) -> String {
        words.map { "'" + $0.replacing("'", with: "'\\''") + "'" }.joined(separator: " ")
    }
}
