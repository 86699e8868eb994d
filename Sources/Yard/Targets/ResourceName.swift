/// Names of projects, environments and services: 1 to 40 of a-z, 0-9 and inner hyphens, beginning with a letter.
enum ResourceName {
    /// The name for what is found in a folder.
    static func from(folder: String) -> String {
        let last = folder.split(separator: "/").last.map(String.init) ?? ""
        let words = last.lowercased().split { !("a"..."z").contains($0) && !("0"..."9").contains($0) }
        var name = words.joined(separator: "-")
        if let first = name.first, !("a"..."z").contains(first) { name = "app-" + name }
        name = String(name.prefix(40))
        while name.hasSuffix("-") { name.removeLast() }
        return name.isEmpty ? "app" : name
    }
}
