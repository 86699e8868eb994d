import ArgumentParser
import Resources

/// The program: arguments in, exit code out.
public enum YardProgram {
    /// Runs one command and returns the code that the process should end with.
    ///
    /// - Parameter arguments: without the program's own name.
    public static func run(_ arguments: [String]) async -> Int32 {
        await run(arguments, in: .process())
    }

    static func run(_ arguments: [String], in surroundings: Surroundings) async -> Int32 {
        let words = arguments.prefix { $0 != "--" }
        let output = Output(console: surroundings.console, isJSON: words.contains("--json"))
        do {
            var command = try RootCommand.parseAsRoot(arguments)
            guard let verb = command as? any YardCommand else {
                try command.run()
                return ExitStatus.success.rawValue
            }
            try await run(verb, in: surroundings)
            return ExitStatus.success.rawValue
        } catch let exit as CommandExit {
            return exit.code
        } catch let error as YardError {
            output.show(error)
            return error.status.rawValue
        } catch is CancellationError {
            return ExitStatus.interrupted.rawValue
        } catch {
            return end(with: error, output: output)
        }
    }

    /// Runs a verb; once more if it was refused for want of a token and this machine has one.
    private static func run(_ verb: any YardCommand, in surroundings: Surroundings) async throws {
        do {
            try await Session.with(verb.options, in: surroundings) { try await verb.run($0) }
        } catch let error as YardError where error.status == .notLoggedIn && !(verb is Login) {
            var isAdopted = false
            try await Session.with(verb.options, in: surroundings) { isAdopted = try await $0.adoptLocalToken() }
            guard isAdopted else { throw error }
            try await Session.with(verb.options, in: surroundings) { try await verb.run($0) }
        }
    }

    /// Help that was asked for, or arguments that could not be read.
    private static func end(with error: any Error, output: Output) -> Int32 {
        if RootCommand.exitCode(for: error).isSuccess {
            output.console.write(RootCommand.fullMessage(for: error) + "\n", to: .output)
            return ExitStatus.success.rawValue
        }
        let message = RootCommand.message(for: error)
        guard !message.isEmpty else {
            output.show(YardError(.failed, code: "FAULT", "\(error)", hint: "This is a fault of yard itself: please report it."))
            return ExitStatus.failed.rawValue
        }
        let more = RootCommand.fullMessage(for: error).split(separator: "\n").last { $0.hasPrefix("  See ") }
        output.show(.usage(message, hint: more.map { String($0.dropFirst(2)) }))
        return ExitStatus.usage.rawValue
    }
}
