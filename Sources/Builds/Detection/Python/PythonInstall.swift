/// Which package manager installs a Python source's dependencies, and how. All of them end in the virtual environment
/// `/app/.venv`, which is copied into the run image.
struct PythonInstall {
    /// The tools' versions are fixed, because a tool's newest version with its own newest dependencies breaks now and then.
    static let uv = "uv==0.13.9"
    static let poetry = ["poetry==2.5.1", "poetry-plugin-export==1.10.1"]

    private static let createEnvironment = "python3 -m venv --without-pip .venv"
    private static let variablePrefixes = ["PIP_", "UV_", "POETRY_", "PYTHON"]

    var tool: String
    var reason: String
    var step: InstallStep?

    init(tree: SourceTree, installCommand: DetectionSettings.Said?, hasBuildCommand: Bool) throws(ManifestError) {
        func step(_ files: [String]?, generated: [String: String] = [:], _ commands: [String]) -> InstallStep {
            InstallStep(
                files: files?.filter(tree.has), generated: generated, commands: [Self.createEnvironment] + commands,
                variablePrefixes: Self.variablePrefixes, keeps: [files == nil ? "/app" : "/app/.venv"])
        }
        if let installCommand {
            self.init("pip", "\(installCommand.by) installs", step(nil, [installCommand.value]))
        } else if tree.has("uv.lock"), tree.has("pyproject.toml") {
            self.init(
                "uv", "there is a uv.lock",
                step(
                    ["pyproject.toml", "uv.lock", ".python-version"],
                    Self.toolEnvironment([Self.uv]) + [
                        "/tmp/tools/bin/uv sync --locked --no-dev --no-install-project --no-install-workspace"
                    ]))
        } else if tree.has("poetry.lock"), tree.has("pyproject.toml") {
            self.init(
                "poetry", "there is a poetry.lock",
                step(
                    ["pyproject.toml", "poetry.lock"],
                    Self.toolEnvironment(Self.poetry) + [
                        "/tmp/tools/bin/poetry export --only main --format requirements.txt --output /tmp/requirements.txt",
                        Self.pip("/tmp/requirements.txt"),
                    ]))
        } else if let text = tree.text("Pipfile.lock"), tree.has("Pipfile") {
            let lines = try PipfileRequirements.locked(text)
            self.init("pipenv", "there is a Pipfile.lock", step([], generated: Self.requirements(lines), [Self.pip(Self.requirementsFile)]))
        } else if tree.has("requirements.txt") {
            let isSelfContained = !(tree.text("requirements.txt") ?? "").split(whereSeparator: \.isNewline).contains(
                where: Self.readsSource)
            let included = tree.files.filter { $0.hasSuffix(".txt") && ($0.contains("requirements") || $0.contains("constraints")) }
            self.init(
                "pip", "there is a requirements.txt", step(isSelfContained ? included.sorted() : nil, [Self.pip("requirements.txt")]))
        } else if let text = tree.text("Pipfile") {
            let lines = try PipfileRequirements.unlocked(PythonPackages.toml(text, "Pipfile"))
            self.init(
                "pipenv", "there is a Pipfile (without a lock file: versions may change from build to build)",
                step([], generated: Self.requirements(lines), [Self.pip(Self.requirementsFile)]))
        } else if let text = tree.text("pyproject.toml") {
            let lines = try PythonPackages.toml(text, "pyproject.toml")["project"]?["dependencies"]?.strings ?? []
            let generated = step([], generated: Self.requirements(lines), [Self.pip(Self.requirementsFile)])
            self.init(
                "pip", "there is a pyproject.toml with \(lines.count) dependencies and no lock file",
                lines.isEmpty ? (hasBuildCommand ? step([], []) : nil) : generated)
        } else {
            self.init("", "it has no dependencies", hasBuildCommand ? step([], []) : nil)
        }
    }

    private init(_ tool: String, _ reason: String, _ step: InstallStep?) {
        self.tool = tool
        self.reason = reason
        self.step = step
    }

    private static let requirementsFile = "/app/.switchyard-requirements.txt"

    private static func requirements(_ lines: [String]) -> [String: String] {
        [".switchyard-requirements.txt": lines.joined(separator: "\n") + "\n"]
    }

    private static func pip(_ file: String) -> String {
        "python3 -m pip --python .venv/bin/python install --disable-pip-version-check --no-input --requirement \(file)"
    }

    private static func toolEnvironment(_ tools: [String]) -> [String] {
        [
            "python3 -m venv --without-pip /tmp/tools",
            "python3 -m pip --python /tmp/tools/bin/python install --quiet --disable-pip-version-check --no-input \(tools.joined(separator: " "))",
        ]
    }

    /// Whether a line of a requirements file names something in the source: `-e .`, `./library`, `file:`.
    private static func readsSource(_ line: Substring) -> Bool {
        let text = line.trimmed
        return ["-e", "--editable", ".", "/", "file:"].contains { text.hasPrefix($0) } || text.contains("@ file:")
    }
}
