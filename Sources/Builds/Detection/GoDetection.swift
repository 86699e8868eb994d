/// Go: compiled to one program without C libraries; the sources don't come into the image.
struct GoDetection {
    let tree: SourceTree
    let settings: DetectionSettings
    let variables: [String: String]

    static func matches(_ tree: SourceTree) -> Bool {
        tree.has("go.mod") || tree.has("main.go") || tree.has("go.work")
    }

    func plan() throws(ManifestError) -> LanguagePlan {
        var reasons = ["Go, because of \(tree.first(of: ["go.mod", "go.work", "main.go"]) ?? "the start command")"]
        var commands: [String] = []
        if let said = settings.buildCommand {
            commands = [said.value]
            reasons.append("the build command comes from \(said.by)")
        } else if let target = target(&reasons) {
            commands = ["go build -ldflags='-w -s' -trimpath -o \(LanguagePlan.programPath) \(target)"]
        }
        return LanguagePlan(
            language: .go, tool: "", reasons: reasons, install: install(&reasons), buildCommands: commands,
            output: settings.buildCommand == nil ? .program : .compiledFolder,
            startCommand: commands.isEmpty || settings.buildCommand != nil ? "" : LanguagePlan.programPath, environment: [:],
            excluded: [".git", "**/*.go", "**/go.mod", "**/go.sum", "vendor"], hints: DeployHints())
    }

    /// Modules are downloaded once for each go.sum; vendored ones are there.
    private func install(_ reasons: inout [String]) -> InstallStep? {
        let prefixes = ["GO", "CGO_"]
        if let said = settings.installCommand {
            return InstallStep(files: nil, commands: [said.value], variablePrefixes: prefixes)
        }
        guard tree.has("go.mod"), tree.has("go.sum"), !tree.hasFolder("vendor") else { return nil }
        let replaces = tree.text("go.mod")?.contains("=> .") == true
        reasons.append("there is a go.sum")
        return InstallStep(files: replaces ? nil : ["go.mod", "go.sum"], commands: ["go mod download"], variablePrefixes: prefixes)
    }

    /// The package that is compiled, as an argument of `go build`.
    private func target(_ reasons: inout [String]) -> String? {
        let commands = Set(
            tree.files.compactMap { path -> String? in
                let parts = path.split(separator: "/")
                return parts.count == 3 && parts[0] == "cmd" && parts[2] == "main.go" ? String(parts[1]) : nil
            }
        ).filter(Self.isPlain).sorted()
        if let asked = variables["RAILPACK_GO_BIN"] ?? variables["NIXPACKS_GO_BIN"], commands.contains(asked) {
            reasons.append("a variable names the command \(asked)")
            return "./cmd/\(asked)"
        }
        let rootFiles = tree.files.filter { $0.hasSuffix(".go") && !$0.contains("/") && !$0.hasSuffix("_test.go") }
        if rootFiles.contains(where: { tree.text($0)?.contains("package main") == true }) {
            reasons.append("the main package is in the root folder")
            return tree.has("go.mod") ? "." : rootFiles.sorted().filter(Self.isPlain).joined(separator: " ")
        }
        guard let first = ["server", "web", "app", "api", moduleName].first(where: commands.contains) ?? commands.first else { return nil }
        reasons.append(
            commands.count == 1
                ? "the main package is in cmd/\(first)"
                : "of the commands \(commands.joined(separator: ", ")), \(first) is built: set the variable RAILPACK_GO_BIN for another")
        return "./cmd/\(first)"
    }

    /// The last part of the module's path.
    private var moduleName: String {
        let line = (tree.text("go.mod") ?? "").split(whereSeparator: \.isNewline).first { $0.hasPrefix("module ") }
        return line?.dropFirst(7).split(separator: "/").last.map { $0.trimmed } ?? ""
    }

    private static func isPlain(_ name: String) -> Bool {
        !name.hasPrefix("-")
            && name.unicodeScalars.allSatisfy {
                $0.isASCII && $0.properties.isAlphabetic || ("0"..."9").contains($0) || "._-".unicodeScalars.contains($0)
            }
    }
}
