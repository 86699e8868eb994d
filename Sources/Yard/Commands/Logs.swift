import ArgumentParser
import Resources

/// `yard logs`
struct Logs: YardCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what a service wrote, or how it was built.",
        discussion: "With --json, each line is one JSON object.")

    @Flag(name: .shortAndLong, help: "Go on with new lines as they come.")
    var follow = false

    @Flag(name: .shortAndLong, help: "The log of the build.")
    var build = false

    @Option(help: ArgumentHelp("A deployment. Default: the active one; with --build, the newest.", valueName: "id"))
    var deployment: String?

    @Option(name: [.customShort("n"), .long], help: "How many of the last lines to show.")
    var lines = 200

    @OptionGroup var options: CommonOptions

    func validate() throws {
        guard lines >= 0 else { throw ValidationError("--lines counts lines: 0 or more") }
    }

    func run(_ session: Session) async throws {
        let client = try session.client()
        if follow, !build, deployment == nil {
            let target = try await session.serviceTarget()
            return try await follow(.service(target, tail: lines), after: nil, session, client)
        }
        let id: Deployment.ID
        if let deployment {
            id = try DeploymentChoice.id(deployment)
        } else {
            let target = try await session.serviceTarget()
            let entry = try await client.entry(target)
            guard let chosen = build ? entry.latest : entry.active ?? entry.latest else { throw DeploymentChoice.none(of: target) }
            id = chosen.id
        }
        let kind: LogKind = build ? .build : .deploy
        var recent: [LogLine] = []
        var position: Int64?
        try await client.allLogs(id, kind: kind, after: nil) { page in
            recent = Array((recent + page).suffix(lines))
            position = page.last?.position ?? position
        }
        try print(recent, session.output)
        if follow { try await follow(.deployment(id, kind: kind), after: position, session, client) }
    }

    private func follow(_ subject: LogFollower.Subject, after: Int64?, _ session: Session, _ client: YardClient) async throws {
        let follower = LogFollower(client: client, subject: subject) { loss in
            session.output.note("\(loss.problem.message); trying again")
        }
        var failure: (any Error)?
        try await follower.follow(after: after) { lines in
            do { try print(lines, session.output) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    private func print(_ lines: [LogLine], _ output: Output) throws {
        guard !lines.isEmpty else { return }
        let text = try lines.map { output.isJSON ? try JSONCoding.line(of: $0) : LogText.line($0, console: output.console) }
        output.console.write(text.joined(separator: "\n") + "\n", to: .output)
    }
}
