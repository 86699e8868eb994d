import Kernel
import Resources

/// What settings may be, one by one; what they may be together is decided where they are stored.
enum SettingsRules {
    static let replicas = 0...50
    static let seconds = 1...3600
    static let minimumCPU = 0.05
    static let minimumMemory = 32 << 20

    /// - Throws: `COMMAND_INVALID`, `PATH_INVALID`, `SETTING_INVALID`.
    static func validate(_ change: UpdateSettings, bounds: ResourceBounds) throws {
        if let command = given(change.startCommand) { try Commands.validate(command, of: "start command") }
        if let command = given(change.buildCommand) { try Commands.validate(command, of: "build command") }
        if let path = given(change.rootDirectory) { try Paths.validateSource(path, of: "root directory") }
        if let path = given(change.dockerfilePath) { try Paths.validateSource(path, of: "Dockerfile's path") }
        if let path = given(change.healthcheckPath) { try Paths.validateURL(path, of: "health check's path") }
        try require(change.healthcheckTimeout, in: seconds, "healthcheckTimeout", "seconds")
        try require(change.replicas, in: replicas, "replicas", "replicas")
        try require(change.restartPolicyMaxRetries, in: 0...1000, "restartPolicyMaxRetries", "restarts")
        try require(change.drainingSeconds, in: 0...3600, "drainingSeconds", "seconds")
        try require(change.cpuLimit, in: minimumCPU...max(minimumCPU, bounds.cpu), "cpuLimit", "cores")
        try require(change.memoryLimit, in: minimumMemory...max(minimumMemory, bounds.memory), "memoryLimit", "bytes")
    }

    /// A volume can be written by one replica only.
    static func replicasWithVolume(_ replicas: Int) -> SwitchyardError {
        SwitchyardError(
            .conflict, code: "SETTING_INVALID", "a service with a volume runs as one replica, not as \(replicas)",
            hint: "remove the volume, or stay with one replica")
    }

    private static func given(_ text: String?) -> String? {
        text.flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func require<Value: Comparable>(_ value: Value?, in range: ClosedRange<Value>, _ name: String, _ unit: String) throws {
        guard let value, !range.contains(value) else { return }
        throw SwitchyardError(
            .invalid, code: "SETTING_INVALID", "\(name) is \(value), which is out of its range",
            hint: "give \(range.lowerBound) to \(range.upperBound) \(unit)")
    }
}
