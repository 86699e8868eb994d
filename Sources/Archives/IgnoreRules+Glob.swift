extension IgnoreRules {
    /// A pattern for one component of a path: literal bytes, `?`, `*` and classes.
    struct Glob: Sendable {
        private enum Token: Sendable {
            case byte(UInt8)
            case anyByte
            case anyBytes
            case oneOf(ByteSet)

            func matches(_ candidate: UInt8) -> Bool {
                switch self {
                case .byte(let byte): byte == candidate
                case .anyByte, .anyBytes: true
                case .oneOf(let set): set.contains(candidate)
                }
            }
        }

        private var tokens: [Token] = []
        /// Whether it is written as two or more stars and nothing else, which stands for any number of folders.
        private(set) var isDoubleStar = false

        /// The globs between the slashes of a pattern; nil when the pattern can never match (a class without its end, a
        /// backslash at the end).
        static func segments(of pattern: ArraySlice<UInt8>) -> [Glob]? {
            var segments: [Glob] = []
            var glob = Glob()
            var rest = pattern
            var stars = 0
            func finished(_ glob: Glob) -> Glob {
                var result = glob
                result.isDoubleStar = stars >= 2 && glob.tokens.count == 1
                return result
            }
            while let byte = rest.popFirst() {
                if byte == UInt8(ascii: "*") {
                    stars += 1
                    if stars == 1 { glob.tokens.append(.anyBytes) }
                    continue
                }
                if byte == UInt8(ascii: "/") || (byte == UInt8(ascii: "\\") && rest.first == UInt8(ascii: "/")) {
                    if byte != UInt8(ascii: "/") { rest = rest.dropFirst() }
                    segments.append(finished(glob))
                    glob = Glob()
                    stars = 0
                    continue
                }
                stars = 0
                switch byte {
                case UInt8(ascii: "?"):
                    glob.tokens.append(.anyByte)
                case UInt8(ascii: "["):
                    guard let set = ByteSet(parsing: &rest) else { return nil }
                    glob.tokens.append(.oneOf(set))
                case UInt8(ascii: "\\"):
                    guard let escaped = rest.popFirst() else { return nil }
                    glob.tokens.append(.byte(escaped))
                default:
                    glob.tokens.append(.byte(byte))
                }
            }
            return segments + [finished(glob)]
        }

        /// Whether a whole component matches. Goes back to the last star only, so that no pattern takes more than the product
        /// of both lengths.
        func matches(_ name: [UInt8]) -> Bool {
            var token = 0
            var index = 0
            var retry: (token: Int, index: Int)?
            while index < name.count {
                if token < tokens.count {
                    if case .anyBytes = tokens[token] {
                        retry = (token, index)
                        token += 1
                        continue
                    }
                    if tokens[token].matches(name[index]) {
                        token += 1
                        index += 1
                        continue
                    }
                }
                guard let last = retry else { return false }
                retry = (last.token, last.index + 1)
                token = last.token + 1
                index = last.index + 1
            }
            return tokens[token...].allSatisfy { if case .anyBytes = $0 { true } else { false } }
        }
    }
}
