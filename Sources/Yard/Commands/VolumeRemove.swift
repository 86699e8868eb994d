import ArgumentParser
import Resources

/// `yard volume remove`
struct VolumeRemove: YardCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a volume and all that is in it.", aliases: ["delete", "rm"])

    @Argument(help: "The volume's name or id.")
    var volume: String

    @Flag(name: .shortAndLong, help: "Don't ask.")
    var yes = false

    @OptionGroup var options: CommonOptions

    func run(_ session: Session) async throws {
        let client = try session.client()
        let target = try await session.serviceTarget()
        let volumes = try await client.volumes(target)
        guard let found = volumes.first(where: { $0.name == volume || "\($0.id)" == volume.lowercased() }) else {
            throw TargetResolver.missing("volume", volume, among: volumes.map(\.name), hint: "`yard volume list` shows them.")
        }
        if try !yes && !session.questions.confirm("Delete volume \(found.name) of \(target.service) and all its files?", flag: "--yes") {
            throw YardError(.interrupted, code: "INTERRUPTED", "nothing was deleted")
        }
        try await client.deleteVolume(found.id)
        try session.output.show(found) { "Removed volume \(found.name) from \(target.service)" }
    }
}
