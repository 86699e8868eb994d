import ArgumentParser
import Resources

/// `yard environment new`
struct EnvironmentNew: YardCommand {
    static let configuration = CommandConfiguration(commandName: "new", abstract: "Create an environment.", aliases: ["create"])

    @Argument(help: "Its name.")
    var name: String

    @OptionGroup var options: CommonOptions

    func run(_ session: Session) async throws {
        let project = try await session.resolver().project()
        let environment = try await session.client().createEnvironment(named: name, in: project.id)
        try session.output.show(environment) { "Created environment \(environment.name) of \(project.name)" }
        session.output.note("Work in it with `yard link --environment \(environment.name)`, or --environment.")
    }
}
