/// How a source in a language of the stack is built and started.
public struct LanguagePlan: Hashable, Sendable {
    public var language: Language
    /// The package manager or framework, for people: `pip`, `npm`.
    public var tool: String
    /// Why, one line for each choice.
    public var reasons: [String]
    /// Installs dependencies; nil when there are none.
    public var install: InstallStep?
    /// Run in the source's folder after it was copied, each with the variables of the service.
    public var buildCommands: [String]
    /// What the built application consists of.
    public var output: Output
    /// A shell command; `$PORT` is set when it runs.
    public var startCommand: String
    /// Variables of the image.
    public var environment: [String: String]
    /// Patterns (`.dockerignore` syntax) of what isn't copied from the source.
    public var excluded: [String]
    public var hints: DeployHints

    public enum Output: Hashable, Sendable {
        /// The source with what was installed and built in it.
        case everything
        /// A program compiled to ``LanguagePlan/programPath``, beside the source's files that it may read.
        case program
        /// The folder as the user's own build command leaves it, without the compilers.
        case compiledFolder
        /// A folder of the built source, served as a static site.
        case folder(String)
    }

    /// Where a compiled program lies in the image.
    static let programPath = "/app/bin/server"

    public var summary: String {
        let runtime = language.buildFlavour.runtime
        return "\(runtime)\(tool.isEmpty ? "" : " with \(tool)"), starts with: \(startCommand)"
    }

    /// The image that the application runs in.
    var runFlavour: Flavour {
        if case .folder = output { return .staticSite }
        return language.runFlavour
    }
}

/// The step that installs dependencies. Its result is kept as an image of its own and used again until something named here
/// changes.
public struct InstallStep: Hashable, Sendable {
    /// Files of the source that the commands read; nil: all of it, so that every change of the source installs again.
    public var files: [String]?
    /// Files that detection wrote for the commands, by path.
    public var generated: [String: String]
    public var commands: [String]
    /// Variables of the service whose names begin so are given to the commands.
    public var variablePrefixes: [String]
    /// Folders that the commands leave for the run image.
    public var keeps: [String]

    public init(
        files: [String]?, generated: [String: String] = [:], commands: [String], variablePrefixes: [String], keeps: [String] = ["/app"]
    ) {
        self.files = files
        self.generated = generated
        self.commands = commands
        self.variablePrefixes = variablePrefixes
        self.keeps = keeps
    }
}
