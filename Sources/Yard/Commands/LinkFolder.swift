import ArgumentParser
import Resources

/// `yard link`
struct LinkFolder: YardCommand {
    static let configuration = CommandConfiguration(
        commandName: "link", abstract: "Link this folder to a project, environment and service.",
        discussion: "Commands in the folder and below it are then about these. Asks for what no flag says.")

    @OptionGroup var options: CommonOptions

    func run(_ session: Session) async throws {
        let resolver = try session.resolver()
        let project = try await project(session, resolver)
        let environment =
            options.environment == nil
            ? try session.questions.choose("environment", from: project.environments, name: \.name, flag: "--environment")
            : try resolver.environment(of: project, linked: nil)
        var service = try resolver.service(of: project, linked: nil)
        if service == nil, project.services.count > 1, session.surroundings.isInteractive {
            service = try session.questions.choose("service", from: project.services, name: \.name, flag: "--service")
        }
        let link = Target(project: project, environment: environment, service: service).link
        try session.save(link, folder: session.surroundings.directory)
        try session.output.show(link) {
            "Linked \(session.surroundings.directory) to \(link.project), \(link.environment)\(link.service.map { ", \($0)" } ?? "")"
        }
    }

    private func project(_ session: Session, _ resolver: TargetResolver) async throws -> Project {
        if resolver.selection.project != nil { return try await resolver.project() }
        let projects = try await resolver.client.projects()
        guard !projects.isEmpty else {
            throw YardError(.notFound, code: "PROJECT_NOT_FOUND", "there are no projects yet", hint: "Create one with `yard init`.")
        }
        let chosen = try session.questions.choose("project", from: projects, name: \.name, flag: "--project")
        return try await resolver.client.project(chosen.id)
    }
}
