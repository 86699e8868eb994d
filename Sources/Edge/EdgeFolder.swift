import FoundationEssentials
import Glibc
import Processes

/// The edge's folder on disk, with the rights that the master (root) and the workers need, and no more.
struct EdgeFolder: Sendable {
    let path: String
    /// The workers' account; nil when all run as ourselves.
    let account: SystemAccount?

    /// - Throws: `EdgeError(.files)`.
    init(configuration: EdgeConfiguration) throws(EdgeError) {
        path = configuration.folder
        guard getuid() == 0 else {
            account = nil
            return
        }
        guard let account = SystemAccount.named(configuration.account) else {
            throw EdgeError(
                .files, "there is no account \(configuration.account) for the edge's workers", hint: "install the package nginx-common")
        }
        self.account = account
    }

    var configurationPath: String { path + "/nginx.conf" }
    var settingsPath: String { path + "/edge.json" }
    /// Which boot of the machine the replicas' addresses are from; written by the edge.
    var bootPath: String { path + "/state/boot" }

    /// Makes what is missing. The workers own the folders they write to; keys and sockets are the master's.
    func prepare(fallbackNames: [String]) async throws(EdgeError) {
        try makeDirectory(path, mode: 0o711, owner: nil)
        for name in ["run", "tls"] { try makeDirectory("\(path)/\(name)", mode: 0o700, owner: nil) }
        for name in ["state", "tmp"] { try makeDirectory("\(path)/\(name)", mode: 0o700, owner: account) }
        try makeDirectory(path + "/logs", mode: 0o750, owner: account)
        try checkParents()
        try await makeFallbackCertificate(names: fallbackNames)
    }

    /// Replaces a file at once, readable by its owner alone.
    func write(_ text: String, to file: String) throws(EdgeError) {
        let draft = file + ".new"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("cannot write", draft) }
        let bytes = Array(text.utf8)
        let isWritten = Glibc.write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
        close(descriptor)
        guard isWritten, rename(draft, file) == 0 else { throw failure("cannot write", file) }
    }

    private func makeDirectory(_ directory: String, mode: mode_t, owner: SystemAccount?) throws(EdgeError) {
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw EdgeError(.files, "cannot make the folder \(directory): \(error)")
        }
        guard chmod(directory, mode) == 0 else { throw failure("cannot set the rights of", directory) }
        if let owner, chown(directory, owner.user, owner.group) != 0 { throw failure("cannot set the owner of", directory) }
    }

    /// The workers open their logs and tables by path.
    private func checkParents() throws(EdgeError) {
        guard let account else { return }
        var folder = path
        while let slash = folder.lastIndex(of: "/"), slash != folder.startIndex {
            folder = String(folder[..<slash])
            var status = stat()
            guard stat(folder, &status) == 0 else { throw failure("cannot look at", folder) }
            let isOpen = status.st_mode & 0o001 != 0 || (status.st_uid == account.user && status.st_mode & 0o100 != 0)
            guard isOpen else {
                throw EdgeError(.files, "the edge's workers cannot pass through \(folder)", hint: "chmod o+x \(folder)")
            }
        }
    }

    /// A self-signed certificate for hosts that have none: encryption works, and browsers say that nobody vouches for it.
    private func makeFallbackCertificate(names: [String]) async throws(EdgeError) {
        let certificate = path + "/tls/fallback.crt"
        let key = path + "/tls/fallback.key"
        guard access(certificate, R_OK) != 0 || access(key, R_OK) != 0 else { return }
        var hosts: [String] = []
        for name in names { hosts.append("DNS:" + (try HostName.normalize(name))) }
        guard !hosts.isEmpty else { throw EdgeError(.invalid, "the fallback certificate needs a name") }
        let command = Command(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650", "-subj",
                "/CN=Switchyard fallback certificate", "-addext", "subjectAltName=" + hosts.joined(separator: ","), "-keyout", key + ".new",
                "-out",
                certificate + ".new",
            ])
        do {
            let finished = try await command.run(timeout: .seconds(30))
            guard finished.isSuccess else {
                throw EdgeError(.files, "openssl could not make a certificate: \(finished.errorOutput.suffix(500))")
            }
        } catch let error as EdgeError {
            throw error
        } catch {
            throw EdgeError(.files, "openssl could not be run: \(error)", hint: "install the package openssl")
        }
        guard chmod(key + ".new", 0o600) == 0, rename(key + ".new", key) == 0, rename(certificate + ".new", certificate) == 0 else {
            throw failure("cannot write", key)
        }
    }

    private func failure(_ what: String, _ file: String) -> EdgeError {
        EdgeError(.files, "\(what) \(file): \(String(cString: strerror(errno)))")
    }
}
