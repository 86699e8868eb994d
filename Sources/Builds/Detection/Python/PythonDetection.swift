/// Python: pip, uv, poetry and Pipenv; Django, FastAPI, Flask and plain programs.
struct PythonDetection {
    static let mainFiles = ["main.py", "app.py", "server.py", "start.py", "run.py", "bot.py", "hello.py", "__main__.py"]
    private static let manifests = ["requirements.txt", "pyproject.toml", "Pipfile", "uv.lock", "poetry.lock", "manage.py"]

    let tree: SourceTree
    let settings: DetectionSettings
    let variables: [String: String]

    static func matches(_ tree: SourceTree, hasStartCommand: Bool) -> Bool {
        tree.first(of: mainFiles + manifests) != nil || tree.files.contains { $0.hasSuffix(".py") && !$0.contains("/") }
    }

    func plan() throws(ManifestError) -> LanguagePlan {
        let packages = try PythonPackages(tree)
        let install = try PythonInstall(
            tree: tree, installCommand: settings.installCommand, hasBuildCommand: settings.buildCommand != nil)
        var reasons = [reasonForLanguage, install.reason]
        if let asked = askedVersion, !asked.hasPrefix("3.13") {
            reasons.append("the source asks for Python \(SourceDirectory.printable(asked)); the stack has 3.13, which is used")
        }
        var environment = [
            "PATH": "/app/.venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "PYTHONUNBUFFERED": "1", "PIP_PYTHON": "/app/.venv/bin/python",
        ]
        if install.step == nil {
            environment["PATH"] = nil
            environment["PIP_PYTHON"] = nil
        }
        if tree.hasFolder("src") { environment["PYTHONPATH"] = "/app/src:/app" }
        var buildCommands = settings.buildCommand.map { [$0.value] } ?? []
        if let said = settings.buildCommand {
            reasons.append("the build command comes from \(said.by)")
        } else if packages.contains("django"), tree.has("manage.py"), collectsStaticFiles {
            buildCommands = ["python manage.py collectstatic --noinput"]
            reasons.append("Django's settings name a STATIC_ROOT, so static files are collected")
        }
        let start = PythonStart(tree: tree, packages: packages).command
        if let start, settings.startCommand == nil { reasons.append(start.reason) }
        var command = start?.command ?? ""
        // Debian has no `python` outside of a virtual environment.
        if install.step == nil, command.hasPrefix("python ") { command = "python3" + command.dropFirst(6) }
        return LanguagePlan(
            language: .python, tool: install.tool, reasons: reasons, install: install.step, buildCommands: buildCommands,
            output: .everything,
            startCommand: command, environment: environment, excluded: [".git", ".venv", "venv", "**/__pycache__"], hints: DeployHints())
    }

    private var reasonForLanguage: String {
        let found = tree.first(of: Self.manifests + Self.mainFiles) ?? tree.files(endingWith: ".py").first ?? "the start command"
        return "Python, because of \(found)"
    }

    private var askedVersion: String? {
        let said = variables["RAILPACK_PYTHON_VERSION"] ?? tree.text(".python-version") ?? tree.text("runtime.txt")
        guard let line = said?.split(whereSeparator: \.isNewline).first?.trimmed, !line.isEmpty else { return nil }
        return line.hasPrefix("python-") ? String(line.dropFirst(7)) : line
    }

    private var collectsStaticFiles: Bool {
        tree.files(endingWith: "settings.py").contains { tree.text($0)?.contains("STATIC_ROOT") == true }
    }
}
