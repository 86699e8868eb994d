import ArgumentParser
import Resources

/// `yard delete project`
struct DeleteProject: YardCommand {
    static let configuration = CommandConfiguration(
        commandName: "project", abstract: "Delete a project with all that is in it.")

    @Argument(help: ArgumentHelp("Its name or id. Default: the linked one.", valueName: "project"))
    var name: String?

    @Flag(name: .shortAndLong, help: "Don't ask.")
    var yes = false

    @OptionGroup var options: CommonOptions

    func run(_ session: Session) async throws {
        let resolver = try session.resolver(project: name)
        let project = try await resolver.project()
        let question = "Delete project \(project.name) with its \(project.services.count) services, their deployments and volumes?"
        if try !yes && !session.questions.confirm(question, flag: "--yes") {
            throw YardError(.interrupted, code: "INTERRUPTED", "nothing was deleted")
        }
        try await resolver.client.deleteProject(project.id)
        try session.forgetLinks { $0.projectId == project.id }
        try session.output.show(["deleted": "\(project.id)"]) { "Deleted project \(project.name)" }
    }
}
