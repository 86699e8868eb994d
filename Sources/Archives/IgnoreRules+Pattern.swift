extension IgnoreRules {
    /// One line of an ignore file.
    struct Pattern: Sendable {
        /// A part of the pattern between slashes.
        private enum Segment: Sendable {
            /// `**`: any number of folders.
            case anyDepth
            case name(IgnoreRules.Glob)
        }

        /// `!pattern`: includes again what an earlier one ignored.
        let isNegated: Bool
        /// `pattern/`
        private let directoriesOnly: Bool
        /// Without a slash inside, a pattern is compared with the last component at any depth.
        private let matchesAtAnyDepth: Bool
        private let segments: [Segment]

        /// Nil for blank lines, comments, and patterns that can never match.
        init?(line: ArraySlice<UInt8>) {
            var text = Self.withoutTrailingSpaces(line)
            guard let first = text.first, first != UInt8(ascii: "#") else { return nil }
            isNegated = first == UInt8(ascii: "!")
            if isNegated { text = text.dropFirst() }
            directoriesOnly = text.last == UInt8(ascii: "/")
            if directoriesOnly { text = text.dropLast() }
            matchesAtAnyDepth = !text.contains(UInt8(ascii: "/"))
            if text.first == UInt8(ascii: "/") { text = text.dropFirst() }
            guard !text.isEmpty, let globs = IgnoreRules.Glob.segments(of: text) else { return nil }
            segments = globs.map { $0.isDoubleStar ? .anyDepth : .name($0) }
        }

        /// Whether the components of a path, seen from the pattern's folder, match.
        func matches(_ path: [[UInt8]], isDirectory: Bool) -> Bool {
            guard isDirectory || !directoriesOnly, let last = path.last else { return false }
            return matchesSegments(matchesAtAnyDepth ? [last] : path)
        }

        /// Goes back to the last `**` only, which is enough: an earlier one could match nothing that this one cannot. So the
        /// cost is bounded by the product of both lengths.
        private func matchesSegments(_ path: [[UInt8]]) -> Bool {
            var segment = 0
            var component = 0
            var retry: (segment: Int, component: Int)?
            while component < path.count {
                if segment < segments.count {
                    switch segments[segment] {
                    case .anyDepth:
                        retry = (segment, component)
                        segment += 1
                        continue
                    case .name(let glob) where glob.matches(path[component]):
                        segment += 1
                        component += 1
                        continue
                    case .name:
                        break
                    }
                }
                guard let last = retry else { return false }
                retry = (last.segment, last.component + 1)
                segment = last.segment + 1
                component = last.component + 1
            }
            return segment == segments.count
        }

        private static func withoutTrailingSpaces(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
            var end = line.startIndex
            var index = line.startIndex
            while index < line.endIndex {
                let isEscape = line[index] == UInt8(ascii: "\\") && index + 1 < line.endIndex
                let next = isEscape ? index + 2 : index + 1
                if isEscape || line[index] != UInt8(ascii: " ") { end = next }
                index = next
            }
            return line[..<end]
        }
    }
}
