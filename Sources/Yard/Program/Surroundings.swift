import FoundationEssentials

/// What a command finds around it: a process gives its own, a test whatever it wants to try.
struct Surroundings: Sendable {
    var variables: [String: String]
    /// The present folder: an absolute path.
    var directory: String
    var console: Console
    var input: StandardInput

    static func process() -> Surroundings {
        let variables = ProcessInfo.processInfo.environment
        return Surroundings(
            variables: variables, directory: FileManager.default.currentDirectoryPath, console: .process(variables: variables),
            input: .process())
    }

    /// A variable that is set and isn't empty.
    func variable(_ name: String) -> String? {
        variables[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Whether somebody can be asked.
    var isInteractive: Bool {
        input.isTerminal && console.errorIsTerminal
    }
}
