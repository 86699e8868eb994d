import Archives
import FoundationEssentials
import Glibc
import Kernel
import Processes

/// Runs Git with a configuration of its own and bounds on what it writes and how long it takes.
struct GitCommand: Sendable {
    let url: GitURL
    /// What the URL's host was resolved to: the connection goes there, whatever the name means by then.
    let addresses: [String]
    let configuration: BuilderConfiguration
    let directory: String

    /// - Returns: standard output.
    @discardableResult
    func run(_ arguments: [String]) async throws -> String {
        // A shallow fetch writes one pack, and an archive is one file: a limit on the size of files bounds both.
        // An empty repository is our own, and has its size whatever the limit.
        let limit = arguments.first == "init" ? "unlimited" : "\(configuration.limits.source.maximumBytes)"
        let repository = arguments.first == "init" ? [] : ["--git-dir=\(directory)/repository"]
        // Git doesn't tell of a helper that the limit's signal killed. With the signal ignored, the helper says why it gives up.
        let command = Command(
            "prlimit",
            ["--fsize=\(limit)", "--", "env", "--ignore-signal=XFSZ", "nice", "-n", "10", "git"] + repository + settings + arguments,
            environment: environment, directory: directory)
        let finished = try await command.run(limit: 1 << 20, timeout: .seconds(600))
        guard finished.isSuccess else { throw failure(finished) }
        return finished.output
    }

    /// Given before the subcommand: the strongest place for configuration.
    private var settings: [String] {
        var settings = [
            "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.attributesFile=/dev/null", "credential.helper=",
            "protocol.allow=never",
            "protocol.https.allow=always", "protocol.http.allow=always", "protocol.ssh.allow=always", "http.lowSpeedLimit=1000",
            "http.lowSpeedTime=30", "fetch.unpackLimit=1", "gc.auto=0", "maintenance.auto=false", "advice.detachedHead=false",
            "tar.umask=0022",
        ]
        if !configuration.allowsPrivateAddresses {
            // A redirect could lead to an address that nobody has judged.
            settings.append("http.followRedirects=false")
        }
        if url.transport != .ssh, !addresses.contains(url.host) {
            let shown = addresses.map { $0.contains(":") ? "[\($0)]" : $0 }.joined(separator: ",")
            settings.append("http.curloptResolve=\(url.host):\(url.effectivePort):\(shown)")
        }
        return settings.flatMap { ["-c", $0] }
    }

    private var environment: [String: String] {
        var environment = [
            "HOME": directory + "/home", "XDG_CONFIG_HOME": directory + "/home", "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_ATTR_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "/bin/false", "SSH_ASKPASS": "/bin/false",
            "GIT_ALLOW_PROTOCOL": "https:http:ssh", "GIT_LFS_SKIP_SMUDGE": "1", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C.UTF-8",
        ]
        for name in ["PATH", "http_proxy", "https_proxy", "no_proxy", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"] {
            if let value = getenv(name) { environment[name] = String(cString: value) }
        }
        if let file = configuration.extraCertificateAuthority { environment["GIT_SSL_CAINFO"] = file }
        if let credentials = url.credentials {
            // By the environment, which only this account can read, and not by the arguments, which all can.
            let pair = credentials.contains(":") ? credentials : credentials + ":"
            let decoded = Self.percentDecoded(pair)
            environment["GIT_CONFIG_COUNT"] = "1"
            environment["GIT_CONFIG_KEY_0"] = "http.extraHeader"
            environment["GIT_CONFIG_VALUE_0"] = "Authorization: Basic \(Data(decoded.utf8).base64EncodedString())"
        }
        if let key = configuration.sshKeyFile {
            // Git hands this to a shell: it holds nothing but the operator's own path and an address that was just resolved.
            let address = addresses.first ?? url.host
            environment["GIT_SSH_COMMAND"] =
                "ssh -F /dev/null -i \(Buildah.quoted([key])) -o BatchMode=yes -o StrictHostKeyChecking=accept-new -o IdentitiesOnly=yes"
                + " -o UserKnownHostsFile=\(Buildah.quoted([configuration.workDirectory + "/known_hosts"])) -o HostKeyAlias=\(url.host)"
                + " -o HostName=\(address) -o ConnectTimeout=20"
        }
        return environment
    }

    var tooLarge: SwitchyardError {
        SwitchyardError(
            .tooLarge, code: "SOURCE_TOO_LARGE",
            "the repository is larger than the \(configuration.limits.source.maximumBytes >> 20) MiB that a source may have",
            hint: "keep large files out of the repository, or upload the folder without them (.yardignore)")
    }

    private func failure(_ finished: Finished) -> SwitchyardError {
        let text = finished.errorOutput
        let line =
            text.split(separator: "\n").last { $0.hasPrefix("fatal:") || $0.hasPrefix("error:") } ?? text.split(separator: "\n").last ?? ""
        func has(_ parts: String...) -> Bool { parts.contains { text.lowercased().contains($0) } }
        if has("file too large") { return tooLarge }
        if has("couldn't find remote ref", "not our ref", "unadvertised object") {
            return SwitchyardError(.invalid, code: "GIT_REFERENCE_NOT_FOUND", "the repository has no such branch, tag or commit")
        }
        if has(
            "could not read username", "could not read password", "authentication failed", "permission denied", "error: 403", "error: 401")
        {
            return SwitchyardError(
                .invalid, code: "GIT_ACCESS_DENIED", "the repository asks for a login, or doesn't exist",
                hint: "check the URL; for a private repository use a URL with a token")
        }
        if has("not found", "does not appear to be a git repository") {
            return SwitchyardError(.invalid, code: "GIT_REPOSITORY_NOT_FOUND", "there is no Git repository at this URL")
        }
        if has("redirect") {
            return SwitchyardError(
                .invalid, code: "GIT_REDIRECTED", "the server redirects to another URL, which isn't followed",
                hint: "use the URL that it redirects to")
        }
        return SwitchyardError(
            .unavailable, code: "GIT_FETCH_FAILED", "the repository could not be fetched: \(SourceDirectory.printable(String(line)))",
            hint: "check the URL, and that this machine reaches the server")
    }

    /// A password with special characters is percent-encoded in a URL; what is no encoding stays.
    static func percentDecoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
