import ArgumentParser

/// `yard delete`
struct Delete: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Delete a service or a project.", subcommands: [DeleteService.self, DeleteProject.self])
}
