import ArgumentParser
import Resources

/// `yard volume add`
struct VolumeAdd: YardCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Give the service a folder that outlives its deployments. It then has one replica.")

    @Option(name: .shortAndLong, help: ArgumentHelp("Where the service finds it.", valueName: "path"))
    var mountPath: String

    @Option(name: .shortAndLong, help: "Its name. Default: one is made.")
    var name: String?

    @OptionGroup var options: CommonOptions

    func run(_ session: Session) async throws {
        let target = try await session.serviceTarget()
        let volume = try await session.client().createVolume(target, CreateVolume(name: name, mountPath: mountPath))
        try session.output.show(volume) { "Added volume \(volume.name) to \(target.service) at \(volume.mountPath)" }
    }
}
