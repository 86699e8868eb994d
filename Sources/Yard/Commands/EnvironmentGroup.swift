import ArgumentParser

/// `yard environment`
struct EnvironmentGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "environment", abstract: "Create, list and delete the project's environments.",
        subcommands: [EnvironmentNew.self, EnvironmentList.self, EnvironmentDelete.self], defaultSubcommand: EnvironmentList.self,
        aliases: ["environments", "env"])
}
