import Processes

/// A part of a build that runs commands of the source's own.
struct BuildStep: Hashable, Sendable {
    /// `install`, `build`, or `Dockerfile`.
    var name: String
    var commands: [String]
    /// Names of ours that the log shall not show, and what they stand for.
    var aliases: [String: String] = [:]

    /// Lines that Buildah adds when a command in a container fails: they say nothing that the error doesn't.
    static func isNoise(_ line: String) -> Bool {
        line.hasPrefix("Error: while running runtime: ") || line.hasPrefix("Error: exit status ") || line.hasPrefix("container exited on ")
            || line.hasPrefix("time=\"") && line.contains(" level=")
    }

    static func text(_ exit: Exit) -> String {
        switch exit {
        case .exited(let code): "exit code \(code)"
        case .signaled(let signal): "signal \(signal)"
        }
    }
}

/// Follows which command of a step runs, by the lines that announce them.
actor StepProgress {
    private let commands: [String]
    private var next = 0
    private var dockerfileStep: String?
    /// Whether anything, the build tool itself included, said so.
    private(set) var isDiskFull = false

    init(commands: [String]) {
        self.commands = commands
    }

    func see(_ line: String) {
        if next < commands.count, line == StepScript.announcement(commands[next]) { next += 1 }
        if line.contains("o space left on device") { isDiskFull = true }
        if line.hasPrefix("STEP ") || line.hasPrefix("[") && line.contains("] STEP ") { dockerfileStep = line }
    }

    /// Where the build is, to begin a message with: `the install step ('npm ci')`.
    func place(_ step: BuildStep) -> String {
        if step.name == "Dockerfile" {
            return "the Dockerfile's " + (dockerfileStep.map { "'\(SourceDirectory.printable($0))'" } ?? "build")
        }
        let command = next > 0 ? " ('\(SourceDirectory.printable(commands[next - 1]))')" : ""
        return "the \(step.name) step\(command)"
    }
}
