import Kernel

/// A variable's value as it was written: text with references in it.
struct VariableText: Hashable {
    enum Piece: Hashable {
        case text(String)
        case reference(VariableReference)
    }

    private(set) var pieces: [Piece] = []

    /// What is wrong with a value: `${{ ... }}` whose inside is no reference. A `${{` that nothing closes is plain text.
    struct InvalidReference: Error {
        let inside: String
    }

    init(_ value: String) throws(InvalidReference) {
        let bytes = value.utf8
        var textStart = bytes.startIndex
        var index = bytes.startIndex
        // Once nothing closes an opening, nothing closes a later one: so the text is read at most twice.
        while let open = Self.find("${{", in: bytes[index...]) {
            let inside = bytes.index(open, offsetBy: 3)
            guard let close = Self.find("}}", in: bytes[inside...]) else { break }
            guard let reference = VariableReference(value[inside..<close]) else {
                throw InvalidReference(inside: String(value[inside..<close]))
            }
            if textStart < open { pieces.append(.text(String(value[textStart..<open]))) }
            pieces.append(.reference(reference))
            index = bytes.index(close, offsetBy: 2)
            textStart = index
        }
        if textStart < bytes.endIndex { pieces.append(.text(String(value[textStart...]))) }
    }

    /// Each reference once, in the order in which they stand.
    var references: [VariableReference] {
        var seen: Set<VariableReference> = []
        return pieces.compactMap { piece in
            guard case .reference(let reference) = piece, seen.insert(reference).inserted else { return nil }
            return reference
        }
    }

    /// The same text with references to one service made references to another.
    func renaming(_ old: String, to new: String) -> VariableText {
        var renamed = self
        renamed.pieces = pieces.map { piece in
            guard case .reference(let reference) = piece, reference.scope == .service(old) else { return piece }
            return .reference(VariableReference(scope: .service(new), name: reference.name))
        }
        return renamed
    }

    /// The value to store.
    var source: String {
        pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .reference(let reference): "${{\(reference)}}"
            }
        }.joined()
    }

    private static func find(_ pattern: StaticString, in bytes: Substring.UTF8View) -> String.Index? {
        pattern.withUTF8Buffer { pattern in
            guard let first = pattern.first else { return nil }
            var rest = bytes
            while let index = rest.firstIndex(of: first) {
                if bytes[index...].starts(with: pattern) { return index }
                rest = rest[bytes.index(after: index)...]
            }
            return nil
        }
    }
}
