import ArgumentParser
import Resources

/// `yard restart`
struct Restart: YardCommand {
    static let configuration = CommandConfiguration(abstract: "Restart the replicas of the active deployment.")

    @OptionGroup var options: CommonOptions

    func run(_ session: Session) async throws {
        let client = try session.client()
        let target = try await session.serviceTarget()
        let active = try await DeploymentChoice.active(of: target, client)
        let deployment = try await client.perform(.restart, on: active.id)
        try session.output.show(deployment) { "Restarting \(target.service) in \(target.environment)" }
    }
}
