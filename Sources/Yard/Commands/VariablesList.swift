import ArgumentParser
import Resources

/// `yard variables list`
struct VariablesList: YardCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the variables as they are written; references are not resolved.")

    @Flag(help: "Those that all services of the environment share.")
    var shared = false

    @Flag(help: "Print NAME=value lines, as a .env file has them. Sealed ones are left out.")
    var kv = false

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Set a variable, as `variables set` does.", valueName: "NAME=value"))
    var assignments: [String] = []

    @OptionGroup var options: CommonOptions

    func run(_ session: Session) async throws {
        if !assignments.isEmpty {
            return try await VariableAssignment(values: VariableAssignment.values(of: assignments), isShared: shared).apply(session)
        }
        let client = try session.client()
        let variables =
            shared
            ? try await client.sharedVariables(session.target().environmentId) : try await client.variables(session.serviceTarget())
        let sorted = variables.sorted { $0.name < $1.name }
        if kv, !options.json {
            return session.output.line(sorted.compactMap { item in item.value.map { DotEnv.line(item.name, $0) } }.joined(separator: "\n"))
        }
        try session.output.show(sorted) {
            sorted.isEmpty
                ? "No variables. Set one with `yard variables set NAME=value`."
                : Table(columns: ["NAME", "VALUE"], rows: sorted.map { [$0.name, $0.value ?? "(sealed)"] }).text(session.output.style)
        }
    }
}
