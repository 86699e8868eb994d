import ArgumentParser

/// `yard rollback`
struct Rollback: YardCommand {
    static let configuration = CommandConfiguration(abstract: "Go back to an earlier version, with the variables that it had.")

    @Argument(help: ArgumentHelp("A deployment. Default: the one that was live before.", valueName: "deployment"))
    var deployment: String?

    @Flag(name: .shortAndLong, help: "Don't wait until it is live.")
    var detach = false

    @OptionGroup var options: CommonOptions

    func run(_ session: Session) async throws {
        let client = try session.client()
        let target = try await session.serviceTarget()
        let id =
            if let deployment {
                try DeploymentChoice.id(deployment)
            } else {
                try await DeploymentChoice.previous(of: target, client)
            }
        try await DeploymentReport(session: session, target: target, isDetached: detach)
            .run(step: "Rolling back", progress: ProgressLine(output: session.output)) { try await client.perform(.rollback, on: id) }
    }
}
