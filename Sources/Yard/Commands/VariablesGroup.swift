import ArgumentParser

/// `yard variables`
struct VariablesGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "variables", abstract: "List, set and delete variables.",
        subcommands: [VariablesList.self, VariablesSet.self, VariablesDelete.self], defaultSubcommand: VariablesList.self,
        aliases: ["variable", "vars"])
}
