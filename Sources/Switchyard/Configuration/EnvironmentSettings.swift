import Kernel

/// Settings that were given in the environment of a start. They are written down, because whoever starts the platform the next
/// time (systemd after a reboot, another shell) has another environment.
enum EnvironmentSettings {
    /// - Returns: the names whose values in the file were changed, in order.
    /// - Throws: `CONFIGURATION_INVALID` for a value that can't be a line.
    static func writeDown(_ environment: [String: String], data: String) throws -> [String] {
        let path = Configuration.file(in: data)
        let before = try ConfigurationFile.readSettings(path)
        var changes: [String: String?] = [:]
        for setting in Setting.allCases where setting != .data {
            let name = setting.rawValue
            guard let value = environment[name], value != before[name] ?? "" else { continue }
            guard !value.contains(where: \.isNewline), !value.utf8.contains(0) else {
                throw SettingReader.invalid(setting, value, "one line")
            }
            // Set to nothing is not set.
            changes.updateValue(value.isEmpty ? nil : value, forKey: name)
        }
        if !changes.isEmpty { try ConfigurationFile.merge(changes, into: path) }
        return changes.keys.sorted()
    }
}
