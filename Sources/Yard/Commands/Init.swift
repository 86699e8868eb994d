import ArgumentParser
import Resources

/// `yard init`
struct Init: YardCommand {
    static let configuration = CommandConfiguration(commandName: "init", abstract: "Create a project and link this folder to it.")

    @Option(name: .shortAndLong, help: "The project's name. Default: the folder's.")
    var name: String?

    @OptionGroup var options: CommonOptions

    func run(_ session: Session) async throws {
        let name = name ?? ResourceName.from(folder: session.surroundings.directory)
        let project = try await session.client().createProject(named: name)
        if let environment = project.environments.first {
            try session.save(Target(project: project, environment: environment, service: nil).link, folder: session.surroundings.directory)
        }
        try session.output.show(project) { "Created project \(project.name) and linked this folder to it" }
        session.output.note("Deploy the folder with `yard up`.")
    }
}
