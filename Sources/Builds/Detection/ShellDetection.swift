/// A shell script, or any source whose start command says all.
struct ShellDetection {
    let tree: SourceTree
    let settings: DetectionSettings

    static func matches(_ tree: SourceTree) -> Bool {
        tree.has("start.sh")
    }

    func plan() -> LanguagePlan {
        var reasons = [tree.has("start.sh") ? "a shell script, because of start.sh" : "no language was found, but there is a start command"]
        if let said = settings.buildCommand { reasons.append("the build command comes from \(said.by)") }
        let firstLine = (tree.text("start.sh") ?? "").split(separator: "\n").first ?? ""
        let shell = firstLine.hasPrefix("#!") && !firstLine.contains("bash") && firstLine.contains("sh") ? "sh" : "bash"
        return LanguagePlan(
            language: .shell, tool: "", reasons: reasons, install: nil, buildCommands: settings.buildCommand.map { [$0.value] } ?? [],
            output: .everything, startCommand: tree.has("start.sh") ? "\(shell) start.sh" : "", environment: [:], excluded: [".git"],
            hints: DeployHints())
    }
}
