import ArgumentParser

/// `yard deployment`
struct DeploymentGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deployment", abstract: "See and cancel deployments.", subcommands: [DeploymentList.self, DeploymentCancel.self],
        defaultSubcommand: DeploymentList.self, aliases: ["deployments"])
}
