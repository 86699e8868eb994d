/// The symbolic links of an archive, resolved in memory before any of them is made: what they lead to is judged together,
/// because each of two links can look harmless alone (`a -> ../..` inside of a folder, and `b -> a/../x` through it).
struct LinkTable {
    private(set) var targets: [EntryPath: String] = [:]

    mutating func add(_ path: EntryPath, target: String) {
        targets[path] = target
    }

    /// Whether an entry at this path would be written through a link, or in the place of one.
    func covers(_ path: EntryPath) -> Bool {
        guard !targets.isEmpty else { return false }
        return (1...max(1, path.components.count)).contains { targets[EntryPath(components: Array(path.components.prefix($0)))] != nil }
    }

    /// Throws when a link leads out of the folder, through whatever other links, or never ends.
    func validate() throws(ArchiveError) {
        for (path, target) in targets {
            var pending = Array(path.components.reversed())
            var resolved: [String] = []
            var followed = 0
            while let component = pending.popLast() {
                if component == ".." {
                    guard resolved.popLast() != nil else { throw Self.leadsOut(path, target) }
                    continue
                }
                resolved.append(component)
                guard let next = targets[EntryPath(components: resolved)] else { continue }
                followed += 1
                guard followed <= 40 else {
                    throw ArchiveError(.unsafeLink, "the link \(ArchiveError.quoted(path.text)) runs in a circle")
                }
                guard !next.utf8.starts(with: "/".utf8) else { throw Self.leadsOut(path, target) }
                resolved.removeLast()
                for part in next.utf8.split(separator: UInt8(ascii: "/")).reversed() {
                    let name = String(part) ?? ""
                    if name != "." { pending.append(name) }
                }
                guard pending.count < 4096 else { throw Self.leadsOut(path, target) }
            }
        }
    }

    private static func leadsOut(_ path: EntryPath, _ target: String) -> ArchiveError {
        ArchiveError(
            .unsafeLink, "the link \(ArchiveError.quoted(path.text)) leads out of the archive, to \(ArchiveError.quoted(target))")
    }
}
