import ArgumentParser
import Resources

/// `yard whoami`
struct WhoAmI: YardCommand {
    static let configuration = CommandConfiguration(commandName: "whoami", abstract: "Show who you are logged in as.")

    @OptionGroup var options: CommonOptions

    func run(_ session: Session) async throws {
        let identity = try await session.client().me()
        try session.output.show(identity) {
            "\(identity.user.name), \(identity.role.rawValue.lowercased()) of \(identity.workspace.name)"
        }
    }
}
