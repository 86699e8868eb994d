import Glibc
import Kernel

/// The files that settings name: whether they are there and fit for what they are for. Looked at before the platform starts,
/// because it would only be noticed by the first build otherwise.
enum SettingFiles {
    /// What is wrong with them, the first of each.
    static func problems(_ configuration: Configuration) -> [SwitchyardError] {
        var problems: [SwitchyardError] = []
        let readable: [(Setting, String?)] = [
            (.extraCertificateAuthority, configuration.extraCertificateAuthority), (.registriesConf, configuration.registriesConf),
            (.gitSSHKey, configuration.gitSSHKey),
        ]
        for (setting, path) in readable {
            guard let path else { continue }
            if access(path, R_OK) != 0 { problems.append(SettingReader.invalid(setting, path, "a file that can be read")) }
        }
        if let path = configuration.gitSSHKey, isOpen(path) {
            problems.append(
                SettingReader.invalid(.gitSSHKey, path, "a file that only its owner can read or write: chmod 600, or ssh refuses it"))
        }
        if let path = configuration.registryAuth {
            do {
                _ = try RegistryLogins(file: path)
            } catch let error as SwitchyardError {
                problems.append(error)
            } catch {
                problems.append(SettingReader.invalid(.registryAuth, path, "a file of logins: \(error)"))
            }
        }
        return problems
    }

    /// - Throws: the first of the problems.
    static func check(_ configuration: Configuration) throws {
        if let problem = problems(configuration).first { throw problem }
    }

    private static func isOpen(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & 0o077 != 0
    }
}
