import ArgumentParser
import FoundationEssentials
import Kernel

/// `switchyard start`: in the background, until `switchyard stop`. Starting again changes nothing.
struct StartCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Start the platform in the background and wait until it answers.")

    @Option(help: "Seconds to wait.")
    var wait = 180

    func run(_ configuration: Configuration) async throws {
        let instance = try Instance(configuration)
        try await instance.start()
        let ports = try await instance.waitUntilReady(.seconds(wait))
        printLine(
            "Switchyard runs: API \(instance.apiURL(ports)), applications below http://*.\(configuration.baseDomain)\(ports.http == 80 ? "" : ":\(ports.http)")"
        )
    }
}

/// `switchyard stop`: everything of this instance, applications too.
struct StopCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Stop the platform and its applications. Nothing is deleted; start brings all back.")

    @Flag(help: "Leave applications, edge and database running: only the control plane stops.")
    var controlPlaneOnly = false

    func run(_ configuration: Configuration) async throws {
        try await Instance(configuration).stop(all: !controlPlaneOnly)
    }
}

/// `switchyard restart`: the control plane only; applications go on serving.
struct RestartCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart", abstract: "Restart the control plane; applications go on serving.")

    func run(_ configuration: Configuration) async throws {
        let instance = try Instance(configuration)
        try await instance.stop(all: false)
        try await instance.start()
        _ = try await instance.waitUntilReady(.seconds(180))
    }
}

/// `switchyard status`
struct StatusCommand: OperatorCommand {
    static let configuration = CommandConfiguration(commandName: "status", abstract: "Say whether the platform runs, and where.")

    func run(_ configuration: Configuration) async throws {
        let instance = try Instance(configuration)
        guard let ports = instance.ports, await instance.answers(ports) else {
            printLine("not running")
            throw ExitCode(3)
        }
        printLine("running: API \(instance.apiURL(ports)), HTTP \(ports.http), HTTPS \(ports.https), data \(configuration.data)")
    }
}

/// `switchyard token`: the owner's.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "The owner's token.", subcommands: [Take.self, New.self])

    /// Prints the token of the first start, once.
    struct Take: OperatorCommand {
        static let configuration = CommandConfiguration(
            commandName: "take", abstract: "Print the token that the first start made. It is shown once.")

        func run(_ configuration: Configuration) async throws {
            let path = configuration.data + "/owner-token"
            guard let data = FileManager.default.contents(atPath: path) else {
                throw SwitchyardError(
                    .notFound, code: "TOKEN_TAKEN", "the first token was taken already",
                    hint: "`switchyard token new` makes another and ends the old ones")
            }
            try FileManager.default.removeItem(atPath: path)
            printLine(String(decoding: data, as: UTF8.self))
        }
    }

    /// Ends the owner's tokens and prints a new one.
    struct New: OperatorCommand {
        static let configuration = CommandConfiguration(
            commandName: "new", abstract: "End all tokens of the owner and print a new one.")

        func run(_ configuration: Configuration) async throws {
            let token = try await Server(configuration).rotateOwnerToken()
            printLine(token.reveal())
        }
    }
}
