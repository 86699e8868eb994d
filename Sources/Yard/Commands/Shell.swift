import ArgumentParser
import Resources

/// `yard ssh`
struct Shell: YardCommand {
    static let configuration = CommandConfiguration(
        commandName: "ssh", abstract: "Open a terminal in a replica of the service, or run a command there.",
        usage: "yard ssh [options] [<command> ...]",
        discussion: "Ends with the command's own exit code.")

    @Option(help: "The replica's number.")
    var replica = 0

    @Option(help: ArgumentHelp("A deployment. Default: the active one.", valueName: "id"))
    var deployment: String?

    @OptionGroup var options: CommonOptions

    @Argument(parsing: .captureForPassthrough, help: "The command and its arguments. Default: a shell.")
    var command: [String] = []

    func run(_ session: Session) async throws {
        let client = try session.client()
        let id =
            if let deployment {
                try DeploymentChoice.id(deployment)
            } else {
                try await DeploymentChoice.active(of: session.serviceTarget(), client).id
            }
        let terminal = TerminalSession(
            client: client, surroundings: session.surroundings, deployment: id, replica: replica,
            command: Array(command.first == "--" ? command.dropFirst() : command[...]))
        throw CommandExit(code: try await terminal.run())
    }
}
