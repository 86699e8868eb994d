import ArgumentParser

/// `yard`
struct RootCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "yard",
        abstract: "Deploy and run services on Switchyard.",
        discussion: """
            In a folder with source code, `yard up` deploys it and prints its URL.

            Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 not logged in, 4 not found, 5 server unreachable, \
            130 interrupted; `run` and `ssh` end with their command's code.
            """,
        version: yardVersion,
        groupedSubcommands: [
            CommandGroup(name: "Start", subcommands: [Login.self, Logout.self, WhoAmI.self, Init.self, LinkFolder.self, List.self]),
            CommandGroup(
                name: "Deploy",
                subcommands: [
                    Up.self, Status.self, Logs.self, Redeploy.self, Restart.self, Rollback.self, Down.self, Scale.self,
                    DeploymentGroup.self, Open.self,
                ]),
            CommandGroup(
                name: "Configure",
                subcommands: [
                    VariablesGroup.self, SettingsGroup.self, DomainGroup.self, VolumeGroup.self, EnvironmentGroup.self, Delete.self,
                ]),
            CommandGroup(name: "Work", subcommands: [Run.self, Shell.self]),
            CommandGroup(name: "Other", subcommands: [Completion.self, Version.self]),
        ])
}
