import Resources

/// Why a command ended early: what was wrong, what to do next, and the code that the program ends with.
struct YardError: Error, Sendable {
    var status: ExitStatus
    var problem: Problem

    init(_ status: ExitStatus, code: String, _ message: String, hint: String? = nil) {
        self.status = status
        problem = Problem(code: code, message: message, hint: hint)
    }

    init(_ status: ExitStatus, problem: Problem) {
        self.status = status
        self.problem = problem
    }

    /// A command that was not written correctly.
    static func usage(_ message: String, hint: String? = nil) -> YardError {
        YardError(.usage, code: "USAGE", message, hint: hint)
    }
}
