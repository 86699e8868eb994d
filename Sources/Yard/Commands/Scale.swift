import ArgumentParser
import Resources

/// `yard scale`
struct Scale: YardCommand {
    static let configuration = CommandConfiguration(abstract: "Set how many replicas run, and what each may use.")

    @Argument(help: ArgumentHelp("How many replicas.", valueName: "replicas"))
    var count: Int?

    @Option(help: "How many replicas.")
    var replicas: Int?

    @Option(help: ArgumentHelp("CPU of a replica, in cores.", valueName: "cores"))
    var cpu: Double?

    @Option(help: ArgumentHelp("Memory of a replica, such as 512M or 2G.", valueName: "size"), transform: Scale.memory)
    var memory: Int?

    @OptionGroup var options: CommonOptions

    func validate() throws {
        guard count != nil || replicas != nil || cpu != nil || memory != nil else {
            throw ValidationError("say what to scale: a number of replicas, --cpu or --memory")
        }
        guard count == nil || replicas == nil || count == replicas else {
            throw ValidationError("two different numbers of replicas")
        }
    }

    func run(_ session: Session) async throws {
        let target = try await session.serviceTarget()
        var update = UpdateSettings()
        update.replicas = count ?? replicas
        update.cpuLimit = cpu
        update.memoryLimit = memory
        let settings = try await session.client().updateSettings(target, update)
        try session.output.show(settings) {
            "\(target.service) in \(target.environment): \(settings.replicas) replica\(settings.replicas == 1 ? "" : "s") of "
                + "\(settings.cpuLimit) cores and \(Measures.size(Int64(settings.memoryLimit)))"
        }
    }

    @Sendable static func memory(_ text: String) throws -> Int {
        guard let bytes = Measures.bytes(text) else { throw ValidationError("not a size of memory: \(text)") }
        return bytes
    }
}
