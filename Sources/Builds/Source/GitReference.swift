import Kernel

/// The name of a branch, tag or commit, by the rules of git-check-ref-format(1), and without what nobody can see.
struct GitReference: Hashable, Sendable {
    let name: String

    /// - Throws: `SwitchyardError` with `GIT_REFERENCE_INVALID`.
    init(_ name: String) throws(SwitchyardError) {
        let forbidden: Set<Character> = [" ", "~", "^", ":", "?", "*", "[", "\\"]
        let isValid =
            !name.isEmpty && name.utf8.count <= 250 && name.unicodeScalars.allSatisfy(Self.isVisible)
            && !name.contains(where: { forbidden.contains($0) || $0.isWhitespace || $0.isNewline })
            && !name.hasPrefix("-") && !name.hasSuffix(".") && name != "@" && !name.contains("..") && !name.contains("@{")
            && name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
                !part.isEmpty && !part.hasPrefix(".") && !part.hasSuffix(".lock") && !part.hasPrefix("-")
            }
        guard isValid else {
            throw SwitchyardError(
                .invalid, code: "GIT_REFERENCE_INVALID", "'\(SourceDirectory.printable(name))' is no name of a branch, tag or commit",
                hint: "use a branch such as 'main', a tag, or a commit's full hash")
        }
        self.name = name
    }

    /// Directions and zero-width characters make a name look like another one.
    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .privateUse, .unassigned, .surrogate: false
        default: true
        }
    }

    /// A full hash of SHA-1 or SHA-256.
    var isCommit: Bool {
        (name.utf8.count == 40 || name.utf8.count == 64) && name.allSatisfy { $0.isHexDigit && !$0.isUppercase }
    }

    /// What the remote may call it, the likeliest first.
    var candidates: [String] {
        if isCommit || name.hasPrefix("refs/") { return [name] }
        return ["refs/heads/\(name)", "refs/tags/\(name)"]
    }
}
