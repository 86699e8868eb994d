import ArgumentParser

/// `yard completion`
struct Completion: YardCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the completion script of a shell.",
        discussion: """
            For bash: yard completion bash > /etc/bash_completion.d/yard
            For zsh: yard completion zsh > a folder of your fpath, as _yard
            For fish: yard completion fish > ~/.config/fish/completions/yard.fish
            """)

    @Argument(help: "bash, zsh or fish.", transform: Completion.shell)
    var shell: CompletionShell

    @OptionGroup var options: CommonOptions

    func run(_ session: Session) async throws {
        session.output.console.write(RootCommand.completionScript(for: shell) + "\n", to: .output)
    }

    @Sendable static func shell(_ name: String) throws -> CompletionShell {
        guard let shell = CompletionShell(rawValue: name), CompletionShell.allCases.contains(shell) else {
            throw ValidationError("no completion for \(name): give bash, zsh or fish")
        }
        return shell
    }
}
