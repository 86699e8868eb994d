import ArgumentParser

/// `yard run`
struct Run: YardCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a command on this machine with the service's variables.", usage: "yard run [options] <command> ...",
        discussion: "Sealed variables are left out. Ends with the command's own exit code.")

    @OptionGroup var options: CommonOptions

    @Argument(parsing: .captureForPassthrough, help: "The command and its arguments.")
    var command: [String]

    func run(_ session: Session) async throws {
        let words = Array(command.first == "--" ? command.dropFirst() : command[...])
        guard !words.isEmpty else { throw YardError.usage("no command was given", hint: "Such as `yard run npm start`.") }
        let target = try await session.serviceTarget()
        let rendered = try await session.client().renderedVariables(target)
        try LocalCommand(arguments: words).replaceThisProcess(adding: rendered)
    }
}
