import ArgumentParser
import Resources

/// `yard down`
struct Down: YardCommand {
    static let configuration = CommandConfiguration(abstract: "Remove the active deployment: the service no longer runs.")

    @Flag(name: .shortAndLong, help: "Don't ask.")
    var yes = false

    @OptionGroup var options: CommonOptions

    func run(_ session: Session) async throws {
        let client = try session.client()
        let target = try await session.serviceTarget()
        let active = try await DeploymentChoice.active(of: target, client)
        if !yes, session.surroundings.isInteractive,
            try !session.questions.confirm("Stop \(target.service) in \(target.environment) of \(target.project)?", flag: "--yes")
        {
            throw YardError(.interrupted, code: "INTERRUPTED", "nothing was changed")
        }
        let deployment = try await client.perform(.remove, on: active.id)
        try session.output.show(deployment) { "\(target.service) is being removed from \(target.environment)" }
        session.output.note("Start it again with `yard redeploy`.")
    }
}
