public import Kernel
public import Resources

/// Decides from a source's files how it is built and started. Pure: files in, plan out.
///
/// A Dockerfile comes first, then the languages in a fixed order (Railpack's, because its users are ours). One language builds
/// a service; a start command that names another one's program picks that.
public struct Detection: Sendable {
    private let tree: SourceTree
    private let settings: DetectionSettings
    private let variables: [String: String]

    /// - Throws: `SwitchyardError` with `CONFIGURATION_INVALID` when `railway.json` or `railway.toml` can't be read.
    public init(tree: SourceTree, settings: ServiceSettings, variables: [String: String] = [:]) throws(SwitchyardError) {
        self.tree = tree
        self.variables = variables
        do throws(ManifestError) {
            self.settings = try DetectionSettings(service: settings, variables: variables, tree: tree)
        } catch {
            throw SwitchyardError(.invalid, code: "CONFIGURATION_INVALID", "\(error.description)", hint: "mend the file or remove it")
        }
    }

    /// - Throws: `SwitchyardError` with `DOCKERFILE_NOT_FOUND`, `NO_LANGUAGE_FOUND`, `START_COMMAND_NOT_FOUND` or `MANIFEST_INVALID`.
    public func plan() throws(SwitchyardError) -> Plan {
        if let plan = try dockerfile() { return plan }
        let found = languages
        guard let language = choose(from: found) else { throw noLanguage() }
        var plan: LanguagePlan
        do throws(ManifestError) {
            plan =
                switch language {
                case .python: try PythonDetection(tree: tree, settings: settings, variables: variables).plan()
                case .node: try NodeDetection(tree: tree, settings: settings).plan()
                case .go: try GoDetection(tree: tree, settings: settings, variables: variables).plan()
                case .staticSite: StaticSiteDetection(tree: tree, settings: settings).plan()
                case .shell: ShellDetection(tree: tree, settings: settings).plan()
                }
        } catch {
            throw SwitchyardError(.invalid, code: "MANIFEST_INVALID", "\(error.description)", hint: "mend the file, and deploy again")
        }
        let others = found.filter { $0 != language }.map(\.rawValue)
        if !others.isEmpty {
            plan.reasons.append(
                "it also looks like \(others.joined(separator: ", ")): set the variable SWITCHYARD_LANGUAGE to build it as that")
        }
        if let start = settings.startCommand {
            plan.startCommand = start.value
            plan.reasons.append("the start command comes from \(start.by)")
        }
        guard !plan.startCommand.isEmpty else { throw noStartCommand(language) }
        plan.hints = settings.hints
        plan.hints.startCommand = plan.startCommand
        return .language(plan)
    }

    private func dockerfile() throws(SwitchyardError) -> Plan? {
        if let said = settings.dockerfilePath {
            guard let path = SourceDirectory.relativePath(said.value), !path.isEmpty, tree.has(path) else {
                throw SwitchyardError(
                    .invalid, code: "DOCKERFILE_NOT_FOUND",
                    "the source has no Dockerfile '\(SourceDirectory.printable(said.value))', which \(said.by) asked for",
                    hint: "the path counts from the root directory, which has: \(namesSeen)")
            }
            return .dockerfile(path: path, hints: settings.hints, reasons: ["\(said.by) asked for the Dockerfile \(path)"])
        }
        guard tree.has("Dockerfile"), settings.language == nil else { return nil }
        return .dockerfile(path: "Dockerfile", hints: settings.hints, reasons: ["there is a Dockerfile"])
    }

    /// All that the files look like, in order of precedence.
    private var languages: [Language] {
        Language.allCases.filter { language in
            switch language {
            case .python: PythonDetection.matches(tree, hasStartCommand: settings.startCommand != nil)
            case .node: NodeDetection.matches(tree)
            case .go: GoDetection.matches(tree)
            case .staticSite: StaticSiteDetection.matches(tree)
            case .shell: ShellDetection.matches(tree)
            }
        }
    }

    private func choose(from found: [Language]) -> Language? {
        if let forced = settings.language { return forced }
        let program = settings.startCommand?.value.split(whereSeparator: \.isWhitespace).first.map(String.init)
        let named = program.flatMap { Language(program: $0) }
        if let named, found.contains(named) || found.isEmpty { return named }
        // With a start command anything can be run; the shell's image has no language in it.
        return found.first ?? (settings.startCommand == nil ? nil : .shell)
    }

    private var namesSeen: String {
        let names = tree.rootNames
        guard !names.isEmpty else { return "(nothing)" }
        let shown = names.prefix(30).map { SourceDirectory.printable($0) }.joined(separator: ", ")
        return names.count > 30 ? "\(shown) and \(names.count - 30) more" : shown
    }

    private func noLanguage() -> SwitchyardError {
        SwitchyardError(
            .invalid, code: "NO_LANGUAGE_FOUND",
            """
            nothing in the source says how to build it; looked for Dockerfile, go.mod, main.go, requirements.txt, pyproject.toml, Pipfile, \
            uv.lock, poetry.lock, main.py, app.py, manage.py, package.json, index.html, public/, dist/, start.sh, Procfile; found: \(namesSeen)
            """,
            hint: """
                set a start command (a Procfile with 'web: <command>', or the service's start command), add a Dockerfile, or set the \
                root directory to the folder that holds the application
                """)
    }

    private func noStartCommand(_ language: Language) -> SwitchyardError {
        let looked =
            switch language {
            case .python: "manage.py, a FastAPI or Flask application, or one of \(PythonDetection.mainFiles.joined(separator: ", "))"
            case .node: "a 'start' script, 'main', index.js or server.js"
            case .go: "a main package in the root folder or in cmd/"
            case .staticSite: "index.html"
            case .shell: "start.sh"
            }
        return SwitchyardError(
            .invalid, code: "START_COMMAND_NOT_FOUND",
            "this is a \(language.rawValue) source, but nothing says how to start it; looked for \(looked); found: \(namesSeen)",
            hint: "add a Procfile with 'web: <command>', or set the service's start command")
    }
}
