/// The place of an entry below the folder an archive is unpacked into: names only, never `.` or `..`.
struct EntryPath: Hashable {
    /// Empty for the folder itself.
    let components: [String]

    init(components: [String]) {
        self.components = components
    }

    /// Throws unless the name is relative and stays below the folder.
    init(_ name: String, maximumDepth: Int) throws(ArchiveError) {
        guard !name.isEmpty else { throw ArchiveError(.unsafePath, "an entry has no name") }
        guard !name.utf8.starts(with: "/".utf8) else {
            throw ArchiveError(.unsafePath, "the entry \(ArchiveError.quoted(name)) has an absolute path")
        }
        guard name.utf8.count <= 3072 else {
            throw ArchiveError(.unsafePath, "the path of the entry \(ArchiveError.quoted(name)) is longer than 3072 bytes")
        }
        var components: [String] = []
        for part in name.utf8.split(separator: UInt8(ascii: "/")) {
            let component = String(part) ?? ""
            if component == "." { continue }
            guard component != ".." else {
                throw ArchiveError(.unsafePath, "the entry \(ArchiveError.quoted(name)) has '..' in its path")
            }
            guard part.count <= 255 else {
                throw ArchiveError(.unsafePath, "a name in the entry \(ArchiveError.quoted(name)) is longer than 255 bytes")
            }
            components.append(component)
        }
        guard components.count <= maximumDepth + 1 else {
            throw ArchiveError(.tooDeep, "the entry \(ArchiveError.quoted(name)) lies deeper than \(maximumDepth) folders")
        }
        self.components = components
    }

    var text: String {
        components.joined(separator: "/")
    }
}
