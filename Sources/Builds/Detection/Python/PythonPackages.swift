/// The names of the packages that a Python source says it depends on, in the normal form of PyPI (lower case, hyphens).
struct PythonPackages: Hashable, Sendable {
    private(set) var names: Set<String> = []

    /// Reads all manifests there are; throws `ManifestError` for one that can't be read.
    init(_ tree: SourceTree) throws(ManifestError) {
        for line in tree.text("requirements.txt")?.split(whereSeparator: \.isNewline) ?? [] { add(requirement: String(line)) }
        if let text = tree.text("pyproject.toml") {
            let root = try Self.toml(text, "pyproject.toml")
            for requirement in root["project"]?["dependencies"]?.strings ?? [] { add(requirement: requirement) }
            for name in root["tool"]?["poetry"]?["dependencies"]?.keys ?? [] { add(name: name) }
        }
        if let text = tree.text("Pipfile") {
            for name in try Self.toml(text, "Pipfile")["packages"]?.keys ?? [] { add(name: name) }
        }
    }

    func contains(_ name: String) -> Bool {
        names.contains(name)
    }

    /// Adds what one line of a requirements file or one PEP 508 text names: `Flask[async]>=3 ; python_version > "3"`.
    private mutating func add(requirement: String) {
        let line = requirement.trimmed
        guard let first = line.utf8.first, first != UInt8(ascii: "#"), first != UInt8(ascii: "-") else { return }
        let end = line.firstIndex { !($0.isLetter || $0.isNumber || "._-".contains($0)) } ?? line.endIndex
        add(name: String(line[..<end]))
        // `fastapi[standard]` and `fastapi[all]` bring uvicorn.
        if contains("fastapi"), line.contains("[standard]") || line.contains("[all]") { names.insert("uvicorn") }
    }

    private mutating func add(name: String) {
        let normal = name.lowercased().replacing("_", with: "-").replacing(".", with: "-")
        if !normal.isEmpty, normal != "python" { names.insert(normal) }
    }

    static func toml(_ text: String, _ file: String) throws(ManifestError) -> ManifestValue {
        do throws(ManifestError) {
            return try TOMLParser.parse(text)
        } catch {
            throw ManifestError(line: error.line, reason: "\(file): \(error.description)")
        }
    }
}
