import ArgumentParser
import Resources

/// `yard environment list`
struct EnvironmentList: YardCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the project's environments.")

    @OptionGroup var options: CommonOptions

    func run(_ session: Session) async throws {
        let project = try await session.resolver().project()
        let linked = try session.link()?.link.environmentId
        try session.output.show(project.environments) {
            Table(
                columns: ["ENVIRONMENT", "CREATED"],
                rows: project.environments.map { [$0.name + ($0.id == linked ? " *" : ""), Measures.age(of: $0.createdAt)] }
            ).text(session.output.style)
        }
    }
}
