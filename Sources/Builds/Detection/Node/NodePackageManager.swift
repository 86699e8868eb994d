/// npm, pnpm or yarn, as the source says.
struct NodePackageManager: Hashable, Sendable {
    enum Name: String, Sendable {
        case npm
        case pnpm
        case yarn
    }

    var name: Name
    /// Nil: npm, which the stack has.
    var package: String?
    var reason: String
    /// The lock file that is there.
    var lockFile: String?

    init(tree: SourceTree, manifest: ManifestValue) {
        let locks: [(file: String, name: Name)] = [
            ("pnpm-lock.yaml", .pnpm), ("yarn.lock", .yarn), ("package-lock.json", .npm), ("npm-shrinkwrap.json", .npm),
        ]
        let lock = locks.first { tree.has($0.file) }
        let said = manifest["packageManager"]?.string.flatMap(Self.parse)
        let name = said?.name ?? lock?.name ?? .npm
        self.name = name
        lockFile = locks.first { $0.name == name && tree.has($0.file) }?.file
        reason =
            said.map { "package.json names the package manager \($0.name.rawValue)" } ?? lock.map { "there is a \($0.file)" }
            ?? "there is no lock file, so npm is used (versions may change from build to build)"
        let isModernYarn = tree.has(".yarnrc.yml") || (said?.version).map { !$0.hasPrefix("1.") } ?? false
        switch name {
        case .npm: package = nil
        case .pnpm: package = "pnpm@\(said?.version ?? "9.15.9")"
        case .yarn where isModernYarn: package = "@yarnpkg/cli-dist@\(said?.version ?? "4.9.1")"
        case .yarn: package = "yarn@\(said?.version ?? "1.22.22")"
        }
    }

    /// Reads `pnpm@9.1.0+sha512.abc`; nil for other managers and for versions that aren't plain numbers.
    private static func parse(_ text: String) -> (name: Name, version: String)? {
        let parts = text.split(separator: "@", maxSplits: 1)
        guard parts.count == 2, let name = Name(rawValue: String(parts[0])) else { return nil }
        let version = parts[1].prefix { $0 != "+" }
        guard version.split(separator: ".").count == 3,
            version.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || $0 == UInt8(ascii: ".") })
        else { return nil }
        return (name, String(version))
    }

    /// Makes the manager itself available below `/opt/tools`.
    var setUp: [String] {
        package.map { ["npm install --global --no-audit --no-fund --prefix /opt/tools \($0)"] } ?? []
    }

    var install: String {
        switch (name, lockFile != nil) {
        case (.npm, true): "npm ci --include=dev --no-audit --no-fund"
        case (.npm, false): "npm install --include=dev --no-audit --no-fund"
        case (.pnpm, true): "pnpm install --frozen-lockfile --prod=false"
        case (.pnpm, false): "pnpm install --prod=false"
        case (.yarn, let isLocked):
            package?.hasPrefix("yarn@") == true
                ? "yarn install --production=false --non-interactive" + (isLocked ? " --frozen-lockfile" : "")
                : "yarn install" + (isLocked ? " --immutable" : "")
        }
    }
}
