import ArgumentParser

/// `yard variables set`
struct VariablesSet: YardCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Add or replace variables; what they concern is deployed again.",
        discussion: """
            With --stdin, standard input is the value of the one NAME that is given, or else the text of a .env file. It is the \
            way for secrets: arguments can be seen by others on this machine.
            """)

    @Argument(help: ArgumentHelp("What to set.", valueName: "NAME=value"))
    var assignments: [String] = []

    @Flag(help: "Read the value, or many variables, from standard input.")
    var stdin = false

    @Flag(help: "Never show the value again, to anybody.")
    var sealed = false

    @Flag(help: "For all services of the environment.")
    var shared = false

    @Flag(help: "Keep what runs as it is; the next deployment gets the new values.")
    var skipDeploys = false

    @OptionGroup var options: CommonOptions

    func run(_ session: Session) async throws {
        let values = stdin ? try fromInput(session.surroundings.input) : try VariableAssignment.values(of: assignments)
        try await VariableAssignment(values: values, isShared: shared, isSealed: sealed, redeploys: !skipDeploys).apply(session)
    }

    private func fromInput(_ input: StandardInput) throws(YardError) -> [String: String] {
        guard let text = String(validating: input.readAll(), as: UTF8.self) else {
            throw .usage("standard input is not text in UTF-8", hint: "Encode it, in base64 for one.")
        }
        if assignments.count == 1, let name = assignments.first, !name.contains("=") {
            return [name: text.hasSuffix("\n") ? String(text.dropLast()) : text]
        }
        guard assignments.isEmpty else {
            throw .usage("with --stdin, give one NAME or none", hint: "`yard variables set NAME --stdin`")
        }
        return try DotEnv.parse(text)
    }
}
