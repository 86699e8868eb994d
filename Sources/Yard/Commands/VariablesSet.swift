import ArgumentParser
import Resources

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
        let values = try variables(session.surroundings.input)
        let request = SetVariables(variables: values, sealed: sealed, redeploy: !skipDeploys)
        let client = try session.client()
        let place: String
        if shared {
            let target = try await session.target()
            try await client.setSharedVariables(target.environmentId, request)
            place = "all services in \(target.environment)"
        } else {
            let target = try await session.serviceTarget()
            try await client.setVariables(target, request)
            place = "\(target.service) in \(target.environment)"
        }
        let names = values.keys.sorted()
        try session.output.show(["set": names]) { "Set \(names.joined(separator: ", ")) for \(place)" }
    }

    private func variables(_ input: StandardInput) throws(YardError) -> [String: String] {
        if stdin {
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
        guard !assignments.isEmpty else { throw .usage("nothing to set", hint: "`yard variables set NAME=value`") }
        var values: [String: String] = [:]
        for assignment in assignments {
            guard let sign = assignment.firstIndex(of: "="), sign != assignment.startIndex else {
                throw .usage("not a variable: \(assignment)", hint: "Write NAME=value, or NAME with --stdin.")
            }
            values[String(assignment[..<sign])] = String(assignment[assignment.index(after: sign)...])
        }
        return values
    }
}
