import ArgumentParser
import Resources

/// `yard list`
struct List: YardCommand {
    static let configuration = CommandConfiguration(abstract: "List your projects.")

    @OptionGroup var options: CommonOptions

    func run(_ session: Session) async throws {
        let projects = try await session.client().projects()
        let linked = try session.link()?.link.projectId
        try session.output.show(projects) {
            guard !projects.isEmpty else { return "No projects yet. Create one with `yard init`, or deploy a folder with `yard up`." }
            return Table(
                columns: ["PROJECT", "ENVIRONMENTS", "SERVICES", "CREATED"],
                rows: projects.map { project in
                    [
                        project.name + (project.id == linked ? " *" : ""), project.environments.map(\.name).joined(separator: ", "),
                        project.services.map(\.name).joined(separator: ", "), Measures.age(of: project.createdAt),
                    ]
                }
            ).text(session.output.style)
        }
    }
}
