import FoundationEssentials
import Glibc
import Kernel

extension SourceTree {
    /// Deeper files are of no interest to detection.
    private static let maximumDepth = 5
    private static let maximumFiles = 50_000
    private static let maximumTextBytes = 512 << 10
    /// Lock files are long; they are only looked into for what they contain.
    private static let maximumLockBytes = 16 << 20
    private static let skippedFolders: Set<String> = [".git", "node_modules", ".venv", "venv", "__pycache__", "vendor"]
    private static let textNames: Set<String> = [
        "Dockerfile", "Procfile", "railway.json", "railway.toml", "requirements.txt", "pyproject.toml", "Pipfile", "Pipfile.lock",
        "uv.lock",
        "poetry.lock", ".python-version", "runtime.txt", "package.json", ".nvmrc", ".node-version", ".yarnrc.yml", "go.mod", "go.sum",
        "Staticfile", "start.sh", "settings.py",
    ]

    /// Looks through a folder. Symbolic links to files count as files when they stay inside.
    /// - Throws: `SwitchyardError` when the folder can't be read.
    static func scan(_ directory: String) throws -> SourceTree {
        guard let resolved = realpath(directory, nil) else {
            throw SwitchyardError(.internalFault, code: "SOURCE_UNREADABLE", "the source's folder could not be opened")
        }
        defer { free(resolved) }
        let root = String(cString: resolved)
        var files: Set<String> = []
        var texts: [String: String] = [:]
        var pending: [(path: String, depth: Int)] = [("", 0)]
        while let (folder, depth) = pending.popLast(), files.count < maximumFiles {
            for name in names(in: root + "/" + folder) {
                let path = folder.isEmpty ? name : folder + "/" + name
                guard let type = kind(of: root + "/" + path, root: root) else { continue }
                if type == S_IFDIR {
                    if depth < maximumDepth, !skippedFolders.contains(name) { pending.append((path, depth + 1)) }
                } else if type == S_IFREG {
                    files.insert(path)
                    if isInteresting(path, name: name, depth: depth) { texts[path] = read(root + "/" + path, name: name) }
                }
            }
        }
        return SourceTree(files: files, texts: texts)
    }

    private static func isInteresting(_ path: String, name: String, depth: Int) -> Bool {
        if depth <= 1, textNames.contains(name) || name.hasSuffix(".py") || name.hasSuffix(".go") { return true }
        return name == "package.json" || name == "settings.py" || name == "main.go"
    }

    private static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = Glibc.readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// The file type; a link's is that of what it leads to, nil when that lies outside, and never a folder's.
    private static func kind(of path: String, root: String) -> mode_t? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        guard status.st_mode & S_IFMT == S_IFLNK else { return status.st_mode & S_IFMT }
        guard SourceDirectory.contains(path, root: root), stat(path, &status) == 0 else { return nil }
        return status.st_mode & S_IFMT == S_IFREG ? S_IFREG : nil
    }

    private static func read(_ path: String, name: String) -> String? {
        let limit = name.hasSuffix(".lock") || name == "go.sum" ? maximumLockBytes : maximumTextBytes
        var status = stat()
        guard stat(path, &status) == 0, status.st_size <= limit, let data = FileManager.default.contents(atPath: path) else { return nil }
        let text = String(decoding: data, as: UTF8.self)
        return text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
    }
}
