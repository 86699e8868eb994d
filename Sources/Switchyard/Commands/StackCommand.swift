import ArgumentParser
import Builds
import Kernel

/// `switchyard stack`: the base images.
struct StackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stack", abstract: "The base images of this machine.", subcommands: [Rebuild.self])

    struct Rebuild: OperatorCommand {
        static let configuration = CommandConfiguration(
            commandName: "rebuild", abstract: "Make the base images anew, with Debian's newest packages; later builds use them.")

        @Argument(help: "Languages; all when none is named.")
        var languages: [String] = []

        func run(_ configuration: Configuration) async throws {
            let languages = try languages.map { name in
                guard let language = Language(rawValue: name) else {
                    throw SwitchyardError(
                        .invalid, code: "LANGUAGE_UNKNOWN", "there is no language \"\(name)\"",
                        hint: "one of \(Language.allCases.map(\.rawValue).joined(separator: ", "))")
                }
                return language
            }
            try await Server(configuration).rebuildStack(languages.isEmpty ? Language.allCases : languages)
        }
    }
}
