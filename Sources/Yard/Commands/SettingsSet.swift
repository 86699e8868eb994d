import ArgumentParser
import Resources

/// `yard settings set`
struct SettingsSet: YardCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Change settings; what runs is deployed again where it has to be.",
        discussion: "An empty text gives the default again: --start-command ''.")

    @Option(help: "What starts a replica.")
    var startCommand: String?

    @Option(help: "What builds the source.")
    var buildCommand: String?

    @Option(help: ArgumentHelp("The folder of the source that is built.", valueName: "path"))
    var rootDirectory: String?

    @Option(help: ArgumentHelp("The Dockerfile below the root directory.", valueName: "path"))
    var dockerfilePath: String?

    @Option(
        name: [.long, .customLong("health-check")],
        help: ArgumentHelp("A path that answers 200 when a replica is ready.", valueName: "path"))
    var healthcheckPath: String?

    @Option(help: ArgumentHelp("Until a replica that isn't healthy fails its deployment.", valueName: "seconds"))
    var healthcheckTimeout: Int?

    @Option(help: "on-failure, always or never.", transform: SettingsSet.policy)
    var restartPolicy: RestartPolicy?

    @Option(help: ArgumentHelp("How often a crashed replica is started again.", valueName: "times"))
    var restartMaxRetries: Int?

    @Option(help: ArgumentHelp("What requests in flight get to end on the old version.", valueName: "seconds"))
    var drainingSeconds: Int?

    @Flag(inversion: .prefixedNo, help: "Whether the service gets a host name at its first deployment.")
    var `public`: Bool?

    @Option(help: "How many replicas.")
    var replicas: Int?

    @Option(help: ArgumentHelp("CPU of a replica, in cores.", valueName: "cores"))
    var cpu: Double?

    @Option(help: ArgumentHelp("Memory of a replica, such as 512M.", valueName: "size"), transform: Scale.memory)
    var memory: Int?

    @OptionGroup var options: CommonOptions

    func validate() throws {
        guard update != UpdateSettings() else { throw ValidationError("nothing to set: give at least one setting") }
    }

    func run(_ session: Session) async throws {
        let target = try await session.serviceTarget()
        let settings = try await session.client().updateSettings(target, update)
        try session.output.show(settings) { SettingsText.table(settings).text(session.output.style) }
    }

    private var update: UpdateSettings {
        var update = UpdateSettings()
        update.startCommand = startCommand
        update.buildCommand = buildCommand
        update.rootDirectory = rootDirectory
        update.dockerfilePath = dockerfilePath
        update.healthcheckPath = healthcheckPath
        update.healthcheckTimeout = healthcheckTimeout
        update.restartPolicy = restartPolicy
        update.restartPolicyMaxRetries = restartMaxRetries
        update.drainingSeconds = drainingSeconds
        update.isPublic = `public`
        update.replicas = replicas
        update.cpuLimit = cpu
        update.memoryLimit = memory
        return update
    }

    @Sendable static func policy(_ text: String) throws -> RestartPolicy {
        let name = String(text.uppercased().map { $0 == "-" ? "_" : $0 })
        guard let policy = RestartPolicy(rawValue: name) else {
            throw ValidationError("no restart policy \(text): give on-failure, always or never")
        }
        return policy
    }
}
