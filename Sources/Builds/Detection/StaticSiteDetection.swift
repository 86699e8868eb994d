/// A folder of files that is served as it is.
struct StaticSiteDetection {
    /// The server and its configuration are part of the stack's image.
    static let startCommand = "caddy run --config /etc/switchyard/site.Caddyfile --adapter caddyfile"

    let tree: SourceTree
    let settings: DetectionSettings

    static func matches(_ tree: SourceTree) -> Bool {
        folder(tree) != nil
    }

    func plan() -> LanguagePlan {
        let folder = Self.folder(tree)
        var reasons = ["a static site, because of \(folder?.reason ?? "the start command")"]
        if let said = settings.buildCommand { reasons.append("the build command comes from \(said.by)") }
        return LanguagePlan(
            language: .staticSite, tool: "", reasons: reasons, install: nil, buildCommands: settings.buildCommand.map { [$0.value] } ?? [],
            output: .folder(folder?.path ?? "."), startCommand: Self.startCommand, environment: [:], excluded: [".git"],
            hints: DeployHints())
    }

    /// The folder that is served, `.` for the root.
    private static func folder(_ tree: SourceTree) -> (path: String, reason: String)? {
        for line in (tree.text("Staticfile") ?? "").split(whereSeparator: \.isNewline) where line.hasPrefix("root:") {
            if let path = SourceDirectory.relativePath(line.dropFirst(5).trimmed) { return (path.isEmpty ? "." : path, "the Staticfile") }
        }
        for folder in ["public", "dist"] where tree.has("\(folder)/index.html") { return (folder, "\(folder)/index.html") }
        if tree.has("index.html") { return (".", "index.html") }
        return tree.has("Staticfile") ? (".", "the Staticfile") : nil
    }
}
