import FoundationEssentials
import Glibc
import Kernel

/// The commands of a step as files that a container mounts read-only: variables and commands of users are data in these files,
/// and neither they nor the files leave a trace in the image.
struct StepScript: Sendable {
    /// Where the files are in the container; the folder is part of the stack's images.
    static let mountPoint = "/run/switchyard"
    static let cacheMountPoint = "/var/cache/switchyard"
    private static let certificates = "/etc/ssl/certs/ca-certificates.crt"

    var commands: [String]
    var variables: [String: String]
    var trustsExtraCertificates: Bool

    /// The line by which a command is announced in the log.
    static func announcement(_ command: String) -> String {
        "$ " + command.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    /// Writes the files, which only the build's account can read.
    func write(to directory: String) throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try Self.write(text, to: directory + "/step.sh")
        for (index, command) in commands.enumerated() { try Self.write(command + "\n", to: "\(directory)/\(index).sh") }
    }

    var text: String {
        var lines = ["set -eo pipefail"]
        let cache = Self.cacheMountPoint
        var values = [
            "HOME": "/tmp/home", "PATH": "/opt/tools/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "XDG_CACHE_HOME": cache, "PIP_CACHE_DIR": "\(cache)/pip", "UV_CACHE_DIR": "\(cache)/uv",
            "UV_LINK_MODE": "copy",
            "UV_PROJECT_ENVIRONMENT": "/app/.venv", "UV_PYTHON_DOWNLOADS": "never", "UV_COMPILE_BYTECODE": "1", "UV_NO_PROGRESS": "1",
            "PIP_ROOT_USER_ACTION": "ignore", "PIP_PROGRESS_BAR": "off", "npm_config_cache": "\(cache)/npm",
            "npm_config_update_notifier": "false", "npm_config_store_dir": "\(cache)/pnpm", "YARN_CACHE_FOLDER": "\(cache)/yarn",
            "YARN_NODE_LINKER": "node-modules", "YARN_ENABLE_GLOBAL_CACHE": "false", "GOCACHE": "\(cache)/go-build", "CI": "true",
        ]
        if trustsExtraCertificates {
            for name in [
                "SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "GIT_SSL_CAINFO",
                "CARGO_HTTP_CAINFO",
            ] { values[name] = Self.certificates }
        }
        values.merge(variables) { $1 }
        for (name, value) in values.sorted(by: { $0.key < $1.key }) { lines.append("export \(name)=\(Self.quoted(value))") }
        lines += ["mkdir -p /tmp/home", "cd /app"]
        for (index, command) in commands.enumerated() {
            lines.append("printf '%s\\n' \(Self.quoted(Self.announcement(command)))")
            lines.append("bash -eo pipefail \(Self.mountPoint)/\(index).sh")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A text as one word of a shell, whatever is in it.
    static func quoted(_ text: String) -> String {
        "'" + text.replacing("'", with: "'\\''") + "'"
    }

    static func write(_ text: String, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o400)
        guard descriptor >= 0 else {
            throw SwitchyardError(
                .internalFault, code: "BUILD_FOLDER_UNWRITABLE",
                "the build's folder can't be written to: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                throw SwitchyardError(
                    .unavailable, code: "DISK_FULL", "the build's folder can't be written to: \(String(cString: strerror(errno)))")
            }
            bytes = bytes.dropFirst(count)
        }
        fchown(descriptor, 1000, 1000)
    }
}
