extension IgnoreRules {
    /// The bytes that a class such as `[a-z_]`, `[!0-9]` or `[[:alpha:].]` stands for.
    struct ByteSet: Sendable {
        private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        private var isInverted = false

        /// Reads what follows a `[`, up to and with its `]`; nil when there is none, or a class has an unknown name.
        init?(parsing rest: inout ArraySlice<UInt8>) {
            if rest.first == UInt8(ascii: "!") || rest.first == UInt8(ascii: "^") {
                isInverted = true
                rest = rest.dropFirst()
            }
            var previous: UInt8?
            var isFirst = true
            while let byte = rest.popFirst() {
                switch byte {
                case UInt8(ascii: "]") where !isFirst:
                    return
                case UInt8(ascii: "-") where previous != nil && rest.first != nil && rest.first != UInt8(ascii: "]"):
                    guard let lower = previous, let upper = Self.literal(&rest) else { return nil }
                    if lower <= upper { (lower...upper).forEach { insert($0) } }
                    previous = nil
                case UInt8(ascii: "[") where rest.first == UInt8(ascii: ":"):
                    guard let members = Self.namedClass(&rest) else { return nil }
                    members.forEach { insert($0) }
                    previous = nil
                default:
                    guard let literal = byte == UInt8(ascii: "\\") ? rest.popFirst() : byte else { return nil }
                    insert(literal)
                    previous = literal
                }
                isFirst = false
            }
            return nil
        }

        func contains(_ byte: UInt8) -> Bool {
            let word =
                switch byte >> 6 {
                case 0: words.0
                case 1: words.1
                case 2: words.2
                default: words.3
                }
            return (word & (1 << UInt64(byte & 63)) != 0) != isInverted
        }

        private mutating func insert(_ byte: UInt8) {
            let bit: UInt64 = 1 << UInt64(byte & 63)
            switch byte >> 6 {
            case 0: words.0 |= bit
            case 1: words.1 |= bit
            case 2: words.2 |= bit
            default: words.3 |= bit
            }
        }

        /// The next byte, or what a backslash escapes.
        private static func literal(_ rest: inout ArraySlice<UInt8>) -> UInt8? {
            guard let byte = rest.popFirst() else { return nil }
            return byte == UInt8(ascii: "\\") ? rest.popFirst() : byte
        }

        /// Reads `:alpha:]` and returns its members among the 128 bytes of ASCII.
        private static func namedClass(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
            guard let end = rest.firstIndex(of: UInt8(ascii: "]")), end - rest.startIndex >= 2, rest[end - 1] == UInt8(ascii: ":") else {
                return nil
            }
            let name = String(decoding: rest[(rest.startIndex + 1)..<(end - 1)], as: UTF8.self)
            rest = rest[(end + 1)...]
            guard let isMember = classes[name] else { return nil }
            return (0..<128).filter { isMember(UnicodeScalar($0)) }
        }

        private static let classes: [String: @Sendable (UnicodeScalar) -> Bool] = [
            "alnum": { isLetter($0) || isDigit($0) }, "alpha": { isLetter($0) }, "blank": { $0 == " " || $0 == "\t" },
            "cntrl": { $0.value < 32 || $0.value == 127 }, "digit": { isDigit($0) }, "graph": { (33...126).contains($0.value) },
            "lower": { ("a"..."z").contains($0) }, "print": { (32...126).contains($0.value) },
            "punct": { (33...126).contains($0.value) && !isLetter($0) && !isDigit($0) },
            "space": { $0 == " " || (9...13).contains($0.value) }, "upper": { ("A"..."Z").contains($0) },
            "xdigit": { isDigit($0) || ("a"..."f").contains($0) || ("A"..."F").contains($0) },
        ]

        private static func isLetter(_ scalar: UnicodeScalar) -> Bool {
            ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
        }

        private static func isDigit(_ scalar: UnicodeScalar) -> Bool {
            ("0"..."9").contains(scalar)
        }
    }
}
