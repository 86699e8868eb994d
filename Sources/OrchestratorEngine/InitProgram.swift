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
}
