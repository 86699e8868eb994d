import ArgumentParser
import FoundationEssentials
import Glibc
import Kernel
import Resources

/// `switchyard`: what an operator runs.
struct SwitchyardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "switchyard",
        abstract: "Runs the platform on this machine.",
        discussion: "Settings are variables of the environment or lines of <data>/config; docs/operations.md lists them.",
        version: ProductVersion.current,
        subcommands: [
            StartCommand.self, StopCommand.self, RestartCommand.self, StatusCommand.self, DoctorCommand.self, TokenCommand.self,
            StackCommand.self, ServeCommand.self, SuperviseCommand.self,
        ])
}

/// The program `switchyard`: parses its arguments, runs the command, exits.
public enum SwitchyardProgram {
    public static func run() async {
        await SwitchyardCommand.main()
    }
}

/// How all commands read settings and say what is wrong.
protocol OperatorCommand: AsyncParsableCommand {
    func run(_ configuration: Configuration) async throws
}

extension OperatorCommand {
    func run() async throws {
        do {
            try await run(Configuration(environment: ProcessInfo.processInfo.environment))
        } catch let error as SwitchyardError {
            printError("\(error.code): \(error.message)")
            if let hint = error.hint { printError("  \(hint)") }
            throw ExitCode(1)
        }
    }
}

func printError(_ text: String) {
    let bytes = Array((text + "\n").utf8)
    _ = write(2, bytes, bytes.count)
}

func printLine(_ text: String) {
    let bytes = Array((text + "\n").utf8)
    _ = write(1, bytes, bytes.count)
}
