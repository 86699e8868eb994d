import ArgumentParser
import Resources

/// `yard environment delete`
struct EnvironmentDelete: YardCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete an environment with all that runs in it.", aliases: ["remove", "rm"])

    @Argument(help: "Its name or id.")
    var name: String

    @Flag(name: .shortAndLong, help: "Don't ask.")
    var yes = false

    @OptionGroup var options: CommonOptions

    func run(_ session: Session) async throws {
        let project = try await session.resolver().project()
        guard let environment = project.environments.first(where: { $0.name == name || "\($0.id)" == name.lowercased() }) else {
            throw TargetResolver.missing("environment", name, among: project.environments.map(\.name), hint: "Say another.")
        }
        let question = "Delete environment \(environment.name) of \(project.name), its deployments and volumes?"
        if try !yes && !session.questions.confirm(question, flag: "--yes") {
            throw YardError(.interrupted, code: "INTERRUPTED", "nothing was deleted")
        }
        try await session.client().deleteEnvironment(environment.id)
        try session.forgetLinks { $0.environmentId == environment.id }
        try session.output.show(environment) { "Deleted environment \(environment.name) of \(project.name)" }
    }
}
