import CArchive  // whose headers bring the C declarations of stat, too
import Glibc

/// Finds what belongs into the archive of a folder.
struct ArchiveWriterListing {
    /// What is left out unless `.yardignore` includes it again: the build makes these, and a copy made on another machine
    /// would break them.
    static let usuallyLeftOut = "node_modules/\n__pycache__/\n.venv/\n"

    private let root: String
    private let limits: ArchiveWriter.Limits
    private(set) var entries: [ArchiveWriterEntry] = []
    private(set) var files = 0
    private(set) var bytes: Int64 = 0
    private(set) var warnings: [String] = []
    /// Bytes by first component, to say what makes a folder too large.
    private var bytesByTop: [String: Int64] = [:]

    init(root: String, limits: ArchiveWriter.Limits) {
        self.root = root
        self.limits = limits
    }

    /// The rules that hold in one folder: those of `.yardignore` are asked first.
    private struct Rules {
        var usual = IgnoreRules()
        var git = IgnoreRules()
        var yard = IgnoreRules()

        func leavesOut(_ path: String, isDirectory: Bool) -> Bool {
            for rules in [yard, git, usual] {
                if let decision = rules.decision(for: path, isDirectory: isDirectory) { return decision == .ignored }
            }
            return false
        }
    }

    mutating func read() throws(ArchiveWriterError) {
        var status = stat()
        guard stat(root, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw ArchiveWriterError(.notAFolder, "\(root) is not a folder", hint: "Give the folder that holds the source.")
        }
        var rules = Rules()
        rules.usual.add(Array(Self.usuallyLeftOut.utf8))
        try addRulesAbove(&rules)
        try readFolder("", rules: rules)
    }

    private mutating func readFolder(_ folder: String, rules inherited: Rules) throws(ArchiveWriterError) {
        var rules = inherited
        let names = try Self.names(in: folder.isEmpty ? root : "\(root)/\(folder)")
        if names.contains(".gitignore"), let text = try contents(at: join(folder, ".gitignore")) { rules.git.add(text, inFolder: folder) }
        if names.contains(".yardignore"), let text = try contents(at: join(folder, ".yardignore")) {
            rules.yard.add(text, inFolder: folder)
        }
        for name in names where name != ".git" {
            try readEntry(join(folder, name), rules: rules)
        }
    }

    private mutating func readEntry(_ path: String, rules: Rules) throws(ArchiveWriterError) {
        var status = stat()
        guard lstat("\(root)/\(path)", &status) == 0 else { throw Self.unreadable(path) }
        let type = status.st_mode & S_IFMT
        if rules.leavesOut(path, isDirectory: type == S_IFDIR) { return }
        var entry = ArchiveWriterEntry(path: path, kind: .folder, mode: status.st_mode & 0o777, modified: status.st_mtim.tv_sec)
        switch type {
        case S_IFDIR:
            try append(entry, size: 0)
            try readFolder(path, rules: rules)
        case S_IFREG:
            entry.kind = .file(size: Int64(status.st_size))
            try append(entry, size: Int64(status.st_size))
            files += 1
        case S_IFLNK:
            guard let target = Self.target(ofLink: "\(root)/\(path)") else { throw Self.unreadable(path) }
            guard Self.staysInside(target, from: path) else {
                warnings.append("\(path) was left out: it is a link that leads out of the folder")
                return
            }
            entry.kind = .link(target: target)
            try append(entry, size: 0)
        default:
            warnings.append("\(path) was left out: it is neither a file, a folder nor a link")
        }
    }

    private mutating func append(_ entry: ArchiveWriterEntry, size: Int64) throws(ArchiveWriterError) {
        entries.append(entry)
        bytes += size
        let top = String(entry.path.prefix { $0 != "/" })
        bytesByTop[top, default: 0] += size
        guard entries.count <= limits.entries, bytes <= limits.bytes else {
            let largest = bytesByTop.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? top
            throw ArchiveWriterError(
                .tooLarge, "\(root) is too large to upload: more than \(limits.entries) files or \(limits.bytes >> 20) MiB",
                hint: "The most so far is in \(largest): list what the build does not need in .yardignore.")
        }
    }

    /// In a repository, the ignore files between its top and the root hold as well.
    private func addRulesAbove(_ rules: inout Rules) throws(ArchiveWriterError) {
        guard let resolved = realpath(root, nil) else { return }
        defer { free(resolved) }
        var components = String(cString: resolved).split(separator: "/").map(String.init)
        var below: [String] = []
        var found: [(folder: String, below: String)] = []
        while true {
            let folder = "/" + components.joined(separator: "/")
            if !below.isEmpty { found.append((folder, below.joined(separator: "/"))) }
            if access("\(folder)/.git", F_OK) == 0 { break }
            guard let last = components.popLast() else { return }
            below.insert(last, at: 0)
        }
        for (folder, below) in found.reversed() {
            if let text = try Self.contents(ofFile: "\(folder)/.gitignore") { rules.git.add(text, above: below) }
        }
    }

    private func join(_ folder: String, _ name: String) -> String {
        folder.isEmpty ? name : "\(folder)/\(name)"
    }

    private func contents(at path: String) throws(ArchiveWriterError) -> [UInt8]? {
        try Self.contents(ofFile: "\(root)/\(path)")
    }
}

extension ArchiveWriterListing {
    static func unreadable(_ path: String) -> ArchiveWriterError {
        ArchiveWriterError(
            .unreadable, "\(path) cannot be read: \(String(cString: strerror(errno)))",
            hint: "Make it readable, or leave it out with a line in .yardignore.")
    }

    /// A link's text leads outside if it is absolute or climbs above the root at any point.
    static func staysInside(_ target: String, from path: String) -> Bool {
        guard !target.hasPrefix("/"), !target.isEmpty else { return false }
        var depth = path.split(separator: "/").count - 1
        for part in target.split(separator: "/") where part != "." {
            depth += part == ".." ? -1 : 1
            if depth < 0 { return false }
        }
        return true
    }

    /// The names in a folder, sorted by their bytes.
    private static func names(in folder: String) throws(ArchiveWriterError) -> [String] {
        guard let stream = opendir(folder) else { throw unreadable(folder) }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else { break }
            let bytes = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            guard let name = String(validating: bytes, as: UTF8.self) else {
                throw ArchiveWriterError(
                    .unreadable, "a name in \(folder) is not UTF-8: \(String(decoding: bytes, as: UTF8.self))",
                    hint: "Rename it.")
            }
            if name != ".", name != ".." { names.append(name) }
        }
        guard errno == 0 else { throw unreadable(folder) }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func target(ofLink path: String) -> String? {
        let bytes = [CChar](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            count = max(0, readlink(path, start, buffer.count))
        }
        return bytes.isEmpty ? nil : String(validating: bytes.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// The text of an ignore file; nil when there is none.
    private static func contents(ofFile path: String) throws(ArchiveWriterError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw unreadable(path)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        var text: [UInt8] = []
        while text.count <= 1 << 20 {
            let part = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
                count = max(0, Glibc.read(descriptor, buffer.baseAddress, buffer.count))
            }
            if part.isEmpty { break }
            text += part
        }
        return text
    }
}
