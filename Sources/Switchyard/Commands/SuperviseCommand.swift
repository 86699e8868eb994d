import ArgumentParser
import Glibc
import Kernel

/// `switchyard serve`: in the foreground.
struct ServeCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run in the foreground: what a service manager starts.")

    @Option(help: "all, or some of platform, gateway, builder, deployer; separated by commas.")
    var roles = "all"

    func run(_ configuration: Configuration) async throws {
        try await Server(configuration).run(roles: Role.parse(roles))
    }
}

/// `switchyard supervise`: keeps `serve` running where no service manager does. It starts nothing of the program's own, so it
/// needs next to no memory.
struct SuperviseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "supervise", abstract: "Keep `serve` running: what `start` leaves in the background.", shouldDisplay: false)

    func run() throws {
        var pause: UInt32 = 100_000
        while true {
            let began = time(nil)
            let child = try Self.serve()
            stopSignals(to: child)
            var status: Int32 = 0
            while waitpid(child, &status, 0) < 0 && errno == EINTR {}
            if status & 0x7F == 0 && (status >> 8) & 0xFF == 0 { return }  // it was asked to stop
            printError("switchyard ended with status \(status) and is started again")
            pause = time(nil) - began > 10 ? 100_000 : min(pause * 2, 10_000_000)
            usleep(pause)
        }
    }

    private static func serve() throws -> pid_t {
        let program = "/proc/self/exe"
        let arguments = [strdup("switchyard"), strdup("serve"), nil]
        defer { for argument in arguments { free(argument) } }
        var child: pid_t = 0
        let result = posix_spawn(&child, program, nil, nil, arguments, environ)
        guard result == 0 else {
            throw SwitchyardError(.internalFault, code: "SERVE_NOT_STARTED", String(cString: strerror(result)))
        }
        return child
    }
}

/// SIGTERM and SIGINT go on to the child; the supervisor ends when the child does.
private func stopSignals(to child: pid_t) {
    supervisedChild = child
    signal(SIGTERM) { _ in kill(supervisedChild, SIGTERM) }
    signal(SIGINT) { _ in kill(supervisedChild, SIGTERM) }
}

/// Written before a handler can run, read by handlers alone: a pid is one word.
nonisolated(unsafe) private var supervisedChild: pid_t = 0
