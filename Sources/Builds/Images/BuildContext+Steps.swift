import FoundationEssentials
import Glibc
import Kernel
import Processes

extension BuildContext {
    /// Runs commands in a container as the application's account, with the service's variables.
    func run(_ step: BuildStep, in container: WorkingContainer, variables: [String: String]) async throws {
        guard !step.commands.isEmpty else { return }
        let scripts = "\(directory)/step-\(step.name)"
        try StepScript(
            commands: step.commands, variables: variables, trustsExtraCertificates: configuration.extraCertificateAuthority != nil
        ).write(to: scripts)
        let temporary = "\(directory)/tmp-\(step.name)"
        for folder in [temporary, cacheDirectory + "/downloads"] {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            chown(folder, 1000, 1000)
        }
        chmod(temporary, 0o1777)
        var mounts = [
            "\(scripts):\(StepScript.mountPoint):ro", "\(cacheDirectory)/downloads:\(StepScript.cacheMountPoint):rw",
            "\(temporary):/tmp:rw",
        ]
        if let certificates = try certificates() { mounts.append("\(certificates):/etc/ssl/certs/ca-certificates.crt:ro") }
        let arguments =
            ["run"] + buildah.isolation + mounts.flatMap { ["--volume", $0] } + [
                "--user", "1000:1000", "--workingdir", "/app", "--", container.name, "/bin/bash", "\(StepScript.mountPoint)/step.sh",
            ]
        try await stream(arguments, step: step)
    }

    /// The public certificates together with the operator's own, as one file; nil when there are none of the latter.
    func certificates() throws -> String? {
        guard let own = configuration.extraCertificateAuthority else { return nil }
        guard let extra = FileManager.default.contents(atPath: own) else {
            throw SwitchyardError(
                .internalFault, code: "CERTIFICATES_UNREADABLE", "the extra certificate authority \(own) can't be read",
                hint: "the operator has to mend this setting")
        }
        let text = String(decoding: extra, as: UTF8.self)
        // A whole bundle holds the public ones as well.
        guard text.ranges(of: "BEGIN CERTIFICATE").count < 20 else { return own }
        let path = "\(directory)/certificates.pem"
        if access(path, F_OK) != 0 {
            let common = FileManager.default.contents(atPath: "/etc/ssl/certs/ca-certificates.crt") ?? Data()
            try (common + Data("\n".utf8) + extra).write(to: URL(filePath: path))
        }
        return path
    }

    /// Copies files of the source into a folder, as regular files below the same paths.
    func stage(_ files: [String], generated: [String: String], to folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        func destination(_ path: String) throws -> String {
            let target = folder + "/" + path
            let parent = target.split(separator: "/").dropLast().map { "/" + $0 }.joined()
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
            return target
        }
        for path in files {
            guard let data = FileManager.default.contents(atPath: source + "/" + path) else { continue }
            try data.write(to: URL(filePath: destination(path)))
        }
        for (path, text) in generated { try Data(text.utf8).write(to: URL(filePath: destination(path))) }
    }

    func writeIgnoreFile(_ patterns: [String]) throws -> String {
        let path = "\(directory)/ignore"
        try Data((patterns.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: path))
        return path
    }
}
