import ArgumentParser

/// `yard redeploy`
struct Redeploy: YardCommand {
    static let configuration = CommandConfiguration(abstract: "Deploy a version again, with the variables and settings of now.")

    @Argument(help: ArgumentHelp("A deployment. Default: the active or newest one.", valueName: "deployment"))
    var deployment: String?

    @Flag(name: .shortAndLong, help: "Don't wait until it is live.")
    var detach = false

    @OptionGroup var options: CommonOptions

    func run(_ session: Session) async throws {
        let client = try session.client()
        let target = try await session.serviceTarget()
        let id = try await DeploymentChoice.named(deployment, of: target, client)
        try await DeploymentReport(session: session, target: target, isDetached: detach)
            .run(step: "Redeploying", progress: ProgressLine(output: session.output)) { try await client.perform(.redeploy, on: id) }
    }
}
