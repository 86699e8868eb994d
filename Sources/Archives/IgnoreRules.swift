/// What a set of `.gitignore` files says about paths, with Git's semantics (gitignore(5)): comments, escapes, negation,
/// patterns for directories only, anchored ones, `*`, `?`, classes and `**`.
///
/// Paths are relative to one root folder, without a leading slash, and compared byte by byte as Git does.
public struct IgnoreRules: Sendable {
    /// What the last matching pattern said.
    public enum Decision: Hashable, Sendable {
        case ignored
        case included
    }

    /// One ignore file: its patterns see paths from the folder where the file lies.
    private struct Layer: Sendable {
        /// How many components of a path lead to the file's folder, for a file below the root.
        var depth: Int
        /// The components from the file's folder down to the root, for a file above it.
        var prefix: [[UInt8]]
        var patterns: [Pattern]
    }

    private var layers: [Layer] = []

    public init() {}

    /// Adds the text of an ignore file in a folder below the root (`""`: in the root itself). It only concerns paths in that
    /// folder, so it must be asked only about them, and it wins over files that were added before.
    public mutating func add(_ text: [UInt8], inFolder folder: String = "") {
        layers.append(Layer(depth: Self.components(folder).count, prefix: [], patterns: Self.patterns(in: text)))
    }

    /// Adds the text of an ignore file in a folder above the root, from which `path` leads down to the root.
    public mutating func add(_ text: [UInt8], above path: String) {
        layers.append(Layer(depth: 0, prefix: Self.components(path), patterns: Self.patterns(in: text)))
    }

    /// What the last pattern that matches this very path says; nil when none does. Folders around it are not considered.
    public func decision(for path: String, isDirectory: Bool) -> Decision? {
        decision(for: Self.components(path), isDirectory: isDirectory)
    }

    /// Whether a path is ignored by itself or because a folder around it is: what lies in an ignored folder cannot be
    /// included again.
    public func isIgnored(_ path: String, isDirectory: Bool) -> Bool {
        let components = Self.components(path)
        for end in components.indices {
            let isLast = end == components.count - 1
            if decision(for: Array(components[...end]), isDirectory: isLast ? isDirectory : true) == .ignored {
                return true
            }
        }
        return false
    }

    private func decision(for components: [[UInt8]], isDirectory: Bool) -> Decision? {
        for layer in layers.reversed() where components.count > layer.depth {
            let path = layer.prefix + components.dropFirst(layer.depth)
            for pattern in layer.patterns.reversed() where pattern.matches(path, isDirectory: isDirectory) {
                return pattern.isNegated ? .included : .ignored
            }
        }
        return nil
    }

    private static func components(_ path: String) -> [[UInt8]] {
        path.utf8.split(separator: UInt8(ascii: "/")).map(Array.init)
    }

    private static func patterns(in text: [UInt8]) -> [Pattern] {
        let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let content = text.starts(with: byteOrderMark) ? text.dropFirst(byteOrderMark.count) : text[...]
        return content.split(separator: UInt8(ascii: "\n")).compactMap { line in
            Pattern(line: line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
        }
    }
}
