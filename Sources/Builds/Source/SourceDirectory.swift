import Glibc
import Kernel

/// The folder of a source, and what may be reached from it.
enum SourceDirectory {
    /// The folder below `source` that is built.
    /// - Parameter rootDirectory: a relative path without `..`, as in the service's settings.
    /// - Throws: `SwitchyardError` with `ROOT_DIRECTORY_INVALID` or `ROOT_DIRECTORY_NOT_FOUND`.
    static func resolve(_ rootDirectory: String?, in source: String) throws -> String {
        guard let rootDirectory, !rootDirectory.trimmed.isEmpty else { return source }
        guard let path = relativePath(rootDirectory) else {
            throw SwitchyardError(
                .invalid, code: "ROOT_DIRECTORY_INVALID",
                "the root directory '\(printable(rootDirectory))' is not a path inside of the source",
                hint: "name a folder of the source, such as 'services/api', without '..'")
        }
        if path.isEmpty { return source }
        var status = stat()
        guard contains(source + "/" + path, root: source), stat(source + "/" + path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR
        else {
            throw SwitchyardError(
                .invalid, code: "ROOT_DIRECTORY_NOT_FOUND", "the source has no folder '\(printable(path))'",
                hint: "set the service's root directory to a folder of the source, or leave it empty for the whole source")
        }
        return source + "/" + path
    }

    /// A path in its plain form, empty for the folder itself; nil when it has `..` or a control character, or is too long.
    /// One leading slash is taken for the source's root, as Railway takes it.
    static func relativePath(_ path: String) -> String? {
        guard path.utf8.count <= 1024, path.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else { return nil }
        let parts = path.split(separator: "/", omittingEmptySubsequences: true).filter { $0 != "." }
        guard !path.hasPrefix("//"), !parts.contains("..") else { return nil }
        return parts.joined(separator: "/")
    }

    /// Whether a path, with all links in it followed, exists and lies inside of `root`.
    static func contains(_ path: String, root: String) -> Bool {
        guard let resolved = realpath(path, nil), let resolvedRoot = realpath(root, nil) else { return false }
        defer {
            free(resolved)
            free(resolvedRoot)
        }
        let (inner, outer) = (String(cString: resolved), String(cString: resolvedRoot))
        return inner == outer || inner.hasPrefix(outer + "/")
    }

    /// Text from outside for a message: at most 100 characters; what nobody can see, or what turns the direction, is escaped.
    static func printable(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars.prefix(100) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate:
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + (text.unicodeScalars.count > 100 ? "..." : "")
    }
}
