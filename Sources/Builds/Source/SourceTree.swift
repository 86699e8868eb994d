/// What detection sees of a source: the names of its files, and the text of the few that say how it is built. A value, so that
/// detection is a pure function and its tests need no disk.
public struct SourceTree: Hashable, Sendable {
    /// Regular files by their path below the root directory.
    public private(set) var files: Set<String>
    private var texts: [String: String]

    /// A tree of files whose text is all known.
    public init(_ texts: [String: String]) {
        self.files = Set(texts.keys)
        self.texts = texts
    }

    init(files: Set<String>, texts: [String: String]) {
        self.files = files
        self.texts = texts
    }

    func has(_ path: String) -> Bool {
        files.contains(path)
    }

    /// The text of a file that detection reads; nil when it isn't there, or is too large to be what its name says.
    func text(_ path: String) -> String? {
        texts[path]
    }

    /// The first of these names that is there.
    func first(of names: [String]) -> String? {
        names.first { files.contains($0) }
    }

    func hasFolder(_ path: String) -> Bool {
        files.contains { $0.hasPrefix(path + "/") }
    }

    /// Paths with this ending, the shallowest first, then by name.
    func files(endingWith suffix: String) -> [String] {
        files.filter { $0.hasSuffix(suffix) }.sorted { left, right in
            let (leftDepth, rightDepth) = (left.utf8.count { $0 == UInt8(ascii: "/") }, right.utf8.count { $0 == UInt8(ascii: "/") })
            return leftDepth == rightDepth ? left < right : leftDepth < rightDepth
        }
    }

    /// The names in the root folder, sorted; folders with a slash at the end.
    var rootNames: [String] {
        var names: Set<String> = []
        for file in files {
            let parts = file.split(separator: "/", maxSplits: 1)
            if let first = parts.first { names.insert(String(first) + (parts.count > 1 ? "/" : "")) }
        }
        return names.sorted()
    }
}
