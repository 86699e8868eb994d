import ArgumentParser

/// `yard deployment list`
struct DeploymentList: YardCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the newest deployments of the service.")

    @Option(name: .shortAndLong, help: "How many.")
    var limit = 20

    @OptionGroup var options: CommonOptions

    func validate() throws {
        guard (1...10_000).contains(limit) else { throw ValidationError("--limit is 1 to 10000") }
    }

    func run(_ session: Session) async throws {
        let target = try await session.serviceTarget()
        let deployments = try await session.client().deployments(target, limit: limit)
        try session.output.show(deployments) {
            deployments.isEmpty
                ? "\(target.service) was never deployed to \(target.environment)."
                : DeploymentText.table(deployments).text(session.output.style)
        }
    }
}
