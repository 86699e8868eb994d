/// Finds how a Node application is started, or that it is a site that is only built.
struct NodeStart {
    let tree: SourceTree
    let manifest: ManifestValue
    let manager: NodePackageManager

    /// Programs whose `start` script is a development server of a site that is served as files.
    private static let developmentServers = [
        "vite", "ng serve", "react-scripts start", "webpack serve", "webpack-dev-server", "astro dev", "parcel",
    ]
    /// What builds a site, and the folder that it leaves.
    private static let siteBuilders = [
        ("react-scripts", "build"), ("vite", "dist"), ("astro", "dist"), ("parcel", "dist"), ("@11ty/eleventy", "_site"),
        ("@vue/cli-service", "dist"), ("@docusaurus/core", "build"), ("vuepress", "docs/.vuepress/dist"), ("gatsby", "public"),
    ]

    /// A command and its reason; nil when nothing is found.
    var command: (command: String, reason: String)? {
        if let script = script("start"), !isDevelopmentServer(script) {
            return (startCommand(for: script), "package.json has a 'start' script")
        }
        if let main = manifest["main"]?.string, let path = SourceDirectory.relativePath(main) {
            let candidates = [path, path + ".js", path + "/index.js"]
            if let file = tree.first(of: candidates), Self.isPlain(file) { return ("node \(file)", "package.json names \(file) as 'main'") }
        }
        let names = ["server", "index", "app", "main"].flatMap { name in ["js", "mjs", "cjs"].map { "\(name).\($0)" } }
        return tree.first(of: names).map { ("node \($0)", "there is \($0)") }
    }

    /// The folder of a site that the build leaves, when the source builds one and has nothing that runs.
    var site: (folder: String, reason: String)? {
        guard script("build") != nil else { return nil }
        if let (name, folder) = Self.siteBuilders.first(where: { dependsOn($0.0) }) {
            // With these the same tools make programs that run.
            guard !["@sveltejs/kit", "@astrojs/node", "nuxt", "@remix-run/node", "@react-router/node"].contains(where: dependsOn) else {
                return nil
            }
            return (folder, "\(name) builds a site into \(folder)/")
        }
        return command == nil ? ("dist", "it has a 'build' script and nothing that runs: the site in dist/ is served") : nil
    }

    func script(_ name: String) -> String? {
        guard let script = manifest["scripts"]?[name]?.string?.trimmed, !script.isEmpty else { return nil }
        return script
    }

    /// The script itself, so that the application and not a package manager gets the signals, unless it needs the manager.
    private func startCommand(for script: String) -> String {
        let needsManager = self.script("prestart") != nil || self.script("poststart") != nil || script.contains("npm_")
        return needsManager ? "npm run start" : script
    }

    private func isDevelopmentServer(_ script: String) -> Bool {
        Self.developmentServers.contains { script == $0 || script.hasPrefix($0 + " ") } && !script.hasPrefix("vite preview")
    }

    private func dependsOn(_ name: String) -> Bool {
        ["dependencies", "devDependencies"].contains { manifest[$0]?[name] != nil }
    }

    /// Whether a path can stand in a shell command as it is.
    private static func isPlain(_ path: String) -> Bool {
        !path.isEmpty && !path.hasPrefix("-")
            && path.unicodeScalars.allSatisfy {
                $0.properties.isAlphabetic && $0.isASCII || ("0"..."9").contains($0) || "._-/@".unicodeScalars.contains($0)
            }
    }
}
