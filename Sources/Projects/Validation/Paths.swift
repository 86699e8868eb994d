import Kernel

/// The three kinds of path that users give: into their source, of a URL, and into a container.
enum Paths {
    /// A file or folder below the source's root: relative, normalised, without a way out.
    ///
    /// - Throws: `PATH_INVALID`.
    static func validateSource(_ path: String, of noun: String) throws {
        try validateLength(path, noun)
        if path.hasPrefix("/") {
            throw invalid(path, noun, "begins with /", hint: "write it relative to the root of the source, such as apps/web")
        }
        if path.hasPrefix("-") { throw invalid(path, noun, "begins with a hyphen", hint: "write ./ and rename the folder") }
        try validateComponents(path[...], of: path, noun: noun)
    }

    /// An absolute path of a URL, in visible ASCII.
    ///
    /// - Throws: `PATH_INVALID`.
    static func validateURL(_ path: String, of noun: String) throws {
        try validateLength(path, noun)
        guard path.hasPrefix("/"), !path.hasPrefix("//") else {
            throw invalid(path, noun, "does not begin with one /", hint: "write a path such as /health")
        }
        let refused = Set("\\\"<>^`{|}#".utf8)
        guard path.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !refused.contains($0) }) else {
            throw invalid(path, noun, "has characters that a URL's path can't have", hint: "encode them, such as %20 for a blank")
        }
        guard !path.split(separator: "/").contains(where: { $0 == "." || $0 == ".." }) else {
            throw invalid(path, noun, "has a . or .. in it")
        }
    }

    /// Where a volume is mounted: absolute, normalised, and not over a part of the system or the whole application.
    ///
    /// - Throws: `PATH_INVALID`.
    static func validateMount(_ path: String) throws {
        let noun = "mount path"
        try validateLength(path, noun)
        guard path.hasPrefix("/") else { throw invalid(path, noun, "is not absolute", hint: "write a path such as /data") }
        guard path.utf8.allSatisfy({ $0 < 0x80 && $0 != UInt8(ascii: " ") }) else {
            throw invalid(path, noun, "has other characters than visible ASCII")
        }
        let relative = path.dropFirst()
        guard !relative.isEmpty else { throw invalid(path, noun, "is the whole file system", hint: "write a path such as /data") }
        try validateComponents(relative, of: path, noun: noun)
        let isOpen = openFolders.contains { path.hasPrefix($0 + "/") }
        let isSystem = systemFolders.contains { path == $0 || path.hasPrefix($0 + "/") }
        guard !coveredFolders.contains(path), isOpen || !isSystem else {
            throw invalid(path, noun, "would hide a part of the system or the application", hint: "write a path such as /data or /app/data")
        }
    }

    /// Not to be mounted over, nor anything below them.
    private static let systemFolders = [
        "/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/libx32", "/proc", "/run", "/sbin", "/sys", "/usr", "/var/run",
    ]
    /// Folders below system folders in which applications keep data.
    private static let openFolders = ["/usr/share", "/usr/src", "/usr/local"]
    /// Not to be mounted over themselves; below is fine.
    private static let coveredFolders: Set<String> = ["/app", "/home", "/opt", "/tmp", "/var", "/var/lib"]

    private static func validateLength(_ path: String, _ noun: String) throws {
        guard path.utf8.count <= 1024 else { throw invalid(path, noun, "is longer than 1024 bytes") }
    }

    private static func validateComponents(_ text: Substring, of path: String, noun: String) throws {
        for component in text.split(separator: "/", omittingEmptySubsequences: false) {
            guard !component.isEmpty else { throw invalid(path, noun, "is empty, ends with / or has // in it") }
            guard component != ".", component != ".." else { throw invalid(path, noun, "has a . or .. in it") }
            guard component.first != " ", component.last != " " else { throw invalid(path, noun, "begins or ends a part with a blank") }
            guard component.utf8.count <= 255 else { throw invalid(path, noun, "has a part of more than 255 bytes") }
            guard component.unicodeScalars.allSatisfy(isAllowed) else {
                throw invalid(path, noun, "has other characters than letters, digits, blanks and . _ - + @ ~")
            }
        }
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            return scalar.properties.isAlphabetic || scalar.properties.numericType != nil || " ._-+@~".unicodeScalars.contains(scalar)
        }
        return switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark, .spacingMark,
            .decimalNumber:
            true
        default: false
        }
    }

    private static let plainPath = "use a short path of letters, digits and . _ - + @ ~, with one / between its parts"

    private static func invalid(_ path: String, _ noun: String, _ fault: String, hint: String = plainPath) -> SwitchyardError {
        SwitchyardError(.invalid, code: "PATH_INVALID", "the \(noun) \(ShownInput(path)) \(fault)", hint: hint)
    }
}
