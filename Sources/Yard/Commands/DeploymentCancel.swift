import ArgumentParser
import Resources

/// `yard deployment cancel`
struct DeploymentCancel: YardCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Stop a deployment that isn't live yet; what is live goes on.")

    @Argument(help: ArgumentHelp("A deployment. Default: the newest.", valueName: "deployment"))
    var deployment: String?

    @OptionGroup var options: CommonOptions

    func run(_ session: Session) async throws {
        let client = try session.client()
        let target = try await session.serviceTarget()
        let id: String
        if let deployment {
            id = deployment
        } else {
            guard let latest = try await client.entry(target).latest else { throw DeploymentChoice.none(of: target) }
            id = "\(latest.id)"
        }
        let cancelled = try await client.perform(.cancel, on: DeploymentChoice.id(id))
        try session.output.show(cancelled) { "deployment \(cancelled.id) of \(target.service) is \(cancelled.status.rawValue)" }
    }
}
