import ArgumentParser

/// `yard variables delete`
struct VariablesDelete: YardCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete variables; what they concern is deployed again.", aliases: ["unset", "rm"])

    @Argument(help: ArgumentHelp("Which.", valueName: "NAME"))
    var names: [String]

    @Flag(help: "Of those that all services of the environment share.")
    var shared = false

    @OptionGroup var options: CommonOptions

    func run(_ session: Session) async throws {
        let client = try session.client()
        let place: String
        if shared {
            let target = try await session.target()
            for name in names { try await client.deleteSharedVariable(target.environmentId, named: name) }
            place = "all services in \(target.environment)"
        } else {
            let target = try await session.serviceTarget()
            for name in names { try await client.deleteVariable(target, named: name) }
            place = "\(target.service) in \(target.environment)"
        }
        try session.output.show(["deleted": names]) { "Deleted \(names.joined(separator: ", ")) of \(place)" }
    }
}
