import ContainerEngine
import Glibc

/// The small init that Podman puts before an application. Docker brings its own.
enum InitProgram {
    /// Where Podman looks for it (containers.conf(5), `helper_binaries_dir`).
    private static let paths = [
        "/usr/local/libexec/podman/catatonit", "/usr/local/lib/podman/catatonit", "/usr/libexec/podman/catatonit",
        "/usr/lib/podman/catatonit", "/usr/bin/catatonit",
    ]

    static func isInstalled() -> Bool {
        paths.contains { access($0, X_OK) == 0 }
    }

    /// Whether a container ended because its program isn't there: then catatonit, which the engine could start, ends with 1
    /// and one line in the log (where a shell would end with 127).
    static func foundNoProgram(_ state: ContainerDetails.State, logPath: String?) -> Bool {
        guard state.exitCode == 1, let logPath else { return false }
        let text = ProcessFiles.text(logPath, limit: 4096)
        return text.contains("ERROR (catatonit:") && text.contains("failed to exec pid1")
    }
}
