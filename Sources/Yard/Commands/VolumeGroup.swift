import ArgumentParser

/// `yard volume`
struct VolumeGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "volume", abstract: "Add, list and remove the service's volume.",
        subcommands: [VolumeAdd.self, VolumeList.self, VolumeRemove.self], defaultSubcommand: VolumeList.self, aliases: ["volumes"])
}
