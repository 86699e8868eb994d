/// Turns what Pipenv wrote into lines of a requirements file, so that no Pipenv is needed to install them.
enum PipfileRequirements {
    /// The `default` packages of a `Pipfile.lock`, by name. Hashes are kept when every package has them, because pip asks for
    /// all or none.
    static func locked(_ text: String) throws(ManifestError) -> [String] {
        let root: ManifestValue
        do throws(ManifestError) {
            root = try ManifestValue(json: text)
        } catch {
            throw ManifestError(line: error.line, reason: "Pipfile.lock: \(error.reason)")
        }
        guard let packages = root["default"]?.table else {
            throw ManifestError(line: nil, reason: "Pipfile.lock: there is no 'default' section")
        }
        let hashes = packages.values.allSatisfy { !($0["hashes"]?.strings ?? []).isEmpty }
        var lines: [String] = []
        for (name, package) in packages.sorted(by: { $0.key < $1.key }) {
            var line = try requirement(name, package, file: "Pipfile.lock")
            if hashes { line += (package["hashes"]?.strings ?? []).map { " --hash=\($0)" }.joined() }
            lines.append(try checked(line, "Pipfile.lock"))
        }
        return lines
    }

    /// The `packages` of a `Pipfile`, by name.
    static func unlocked(_ root: ManifestValue) throws(ManifestError) -> [String] {
        var lines: [String] = []
        for (name, package) in (root["packages"]?.table ?? [:]).sorted(by: { $0.key < $1.key }) {
            lines.append(try checked(try requirement(name, package, file: "Pipfile"), "Pipfile"))
        }
        return lines
    }

    private static func requirement(_ name: String, _ package: ManifestValue, file: String) throws(ManifestError) -> String {
        let version = package.string ?? package["version"]?.string ?? "*"
        let extras = package["extras"]?.strings ?? []
        var line = name + (extras.isEmpty ? "" : "[\(extras.joined(separator: ","))]")
        if let git = package["git"]?.string {
            line += " @ git+\(git)" + (package["ref"]?.string.map { "@\($0)" } ?? "")
        } else if package["path"] != nil || package["file"] != nil {
            throw ManifestError(
                line: nil, reason: "\(file): '\(SourceDirectory.printable(name))' is a path or a file, which can't be installed")
        } else if version != "*" {
            line += version
        }
        return line + (package["markers"]?.string.map { " ; \($0)" } ?? "")
    }

    /// A line stays one line, and no package's name is an option of pip.
    private static func checked(_ line: String, _ file: String) throws(ManifestError) -> String {
        guard let first = line.first, first.isLetter || first.isNumber, !line.contains(where: \.isNewline) else {
            throw ManifestError(line: nil, reason: "\(file): '\(SourceDirectory.printable(line))' is no package")
        }
        return line
    }
}
