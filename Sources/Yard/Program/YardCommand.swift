import ArgumentParser

/// A verb: it is parsed by ArgumentParser and runs in a ``Session``, so that a test can run it without a process.
protocol YardCommand: ParsableCommand {
    var options: CommonOptions { get }

    /// - Throws: ``YardError``; anything else is a fault of this program.
    func run(_ session: Session) async throws
}

/// Ends the program with a code that isn't one of ``ExitStatus``: that of a command that ran for the user. Nothing is printed.
struct CommandExit: Error {
    var code: Int32
}
