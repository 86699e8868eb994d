import ArgumentParser

/// `yard domain`
struct DomainGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "domain", abstract: "Add, list and remove the service's host names.",
        subcommands: [DomainAdd.self, DomainList.self, DomainRemove.self], defaultSubcommand: DomainAdd.self, aliases: ["domains"])
}
