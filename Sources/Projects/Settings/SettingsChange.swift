public import Resources

/// What a change of settings came to.
public struct SettingsChange: Hashable, Sendable {
    public let settings: ServiceSettings
    public let effect: Effect

    /// What has to be done so that what runs follows the settings.
    public enum Effect: Sendable {
        /// Nothing: the same as before, or of use in the next deployment only.
        case none
        /// Another number of the same replicas.
        case scale
        /// New replicas from the same image.
        case redeploy
    }

    init(from old: ServiceSettings, to new: ServiceSettings) {
        settings = new
        if Self.running(old) != Self.running(new) {
            effect = .redeploy
        } else {
            effect = old.replicas == new.replicas ? .none : .scale
        }
    }

    /// The part of the settings that a running replica has been started with.
    private static func running(_ settings: ServiceSettings) -> ServiceSettings {
        ServiceSettings(
            startCommand: settings.startCommand, healthcheckPath: settings.healthcheckPath, restartPolicy: settings.restartPolicy,
            restartPolicyMaxRetries: settings.restartPolicyMaxRetries, cpuLimit: settings.cpuLimit, memoryLimit: settings.memoryLimit)
    }
}
