/// Node: npm, pnpm and yarn; programs, and sites that are built and then served as files.
struct NodeDetection {
    private static let variablePrefixes = ["NODE_", "NPM_", "npm_", "YARN_", "PNPM_"]
    private static let manifestNames: Set<String> = [
        "package.json", "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "pnpm-workspace.yaml", "yarn.lock", ".npmrc",
        ".yarnrc",
        ".yarnrc.yml", ".pnpmfile.cjs", "lerna.json",
    ]

    let tree: SourceTree
    let settings: DetectionSettings

    static func matches(_ tree: SourceTree) -> Bool {
        tree.first(of: ["package.json", "server.js", "index.js"]) != nil && (tree.has("package.json") || !tree.has("index.html"))
    }

    func plan() throws(ManifestError) -> LanguagePlan {
        let manifest = try readManifest()
        let manager = NodePackageManager(tree: tree, manifest: manifest)
        let start = NodeStart(tree: tree, manifest: manifest, manager: manager)
        var reasons = ["Node, because of \(tree.first(of: ["package.json", "server.js", "index.js"]) ?? "the start command")"]
        let install = installStep(manager: manager, start: start, manifest: manifest)
        if install != nil { reasons.append(manager.reason) }
        if let asked = manifest["engines"]?["node"]?.string ?? tree.text(".nvmrc") ?? tree.text(".node-version"), !asked.contains("20") {
            reasons.append("the source asks for Node \(SourceDirectory.printable(asked.trimmed)); the stack has 20, which is used")
        }
        var buildCommands: [String] = []
        if let said = settings.buildCommand {
            buildCommands = [said.value]
            reasons.append("the build command comes from \(said.by)")
        } else if start.script("build") != nil {
            buildCommands = ["\(manager.name.rawValue) run build"]
            reasons.append("package.json has a 'build' script")
        }
        var plan = LanguagePlan(
            language: .node, tool: install == nil ? "" : manager.name.rawValue, reasons: reasons, install: install,
            buildCommands: buildCommands,
            output: .everything, startCommand: "",
            environment: [
                "NODE_ENV": "production",
                "PATH": "/app/node_modules/.bin:/opt/tools/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            ], excluded: [".git", "node_modules", "**/node_modules"], hints: DeployHints())
        guard settings.startCommand == nil else { return plan }
        if let site = start.site {
            plan.output = .folder(site.folder)
            plan.environment = ["SITE_FALLBACK": "/index.html"]
            plan.startCommand = StaticSiteDetection.startCommand
            plan.reasons.append(site.reason)
        } else if let found = start.command {
            plan.startCommand = found.command
            plan.reasons.append(found.reason)
        }
        return plan
    }

    private func readManifest() throws(ManifestError) -> ManifestValue {
        guard let text = tree.text("package.json") else { return .table([:]) }
        do throws(ManifestError) {
            let value = try ManifestValue(json: text)
            guard value.table != nil else { throw ManifestError(line: nil, reason: "it is no JSON object") }
            return value
        } catch {
            throw ManifestError(line: error.line, reason: "package.json: \(error.reason)")
        }
    }

    private func installStep(manager: NodePackageManager, start: NodeStart, manifest: ManifestValue) -> InstallStep? {
        if let said = settings.installCommand {
            return InstallStep(
                files: nil, commands: manager.setUp + [said.value], variablePrefixes: Self.variablePrefixes, keeps: ["/app", "/opt/tools"])
        }
        let sections = ["dependencies", "devDependencies", "optionalDependencies", "workspaces"]
        let isNeeded = sections.contains { !(manifest[$0]?.keys.isEmpty ?? true) || !(manifest[$0]?.array?.isEmpty ?? true) }
        guard isNeeded || tree.has("pnpm-workspace.yaml") else { return nil }
        return InstallStep(
            files: needsSource(start: start, manifest: manifest) ? nil : manifestFiles, commands: manager.setUp + [manager.install],
            variablePrefixes: Self.variablePrefixes, keeps: ["/app", "/opt/tools"])
    }

    /// Manifests of the root and of workspaces, patches, and Prisma's schema, which its install script reads.
    private var manifestFiles: [String] {
        tree.files.filter { path in
            let name = path.split(separator: "/").last.map(String.init) ?? path
            return Self.manifestNames.contains(name) || path.hasPrefix("patches/") || path.hasPrefix(".yarn/") || path.hasPrefix("prisma/")
        }.sorted()
    }

    /// Whether installing runs the source's own code, or packages that lie in it.
    private func needsSource(start: NodeStart, manifest: ManifestValue) -> Bool {
        let hooks = ["preinstall", "install", "postinstall", "prepare"].compactMap { start.script($0) }
        if hooks.contains(where: { !$0.hasPrefix("husky") && $0 != "prisma generate" }) { return true }
        return ["dependencies", "devDependencies"].contains { section in
            manifest[section]?.table?.values.contains { ($0.string ?? "").hasPrefix("file:") || ($0.string ?? "").hasPrefix("link:") }
                ?? false
        }
    }
}
