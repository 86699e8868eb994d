/// What stands between `${{` and `}}`: a variable of the same service (or, in a shared variable, of the environment), of the
/// environment, or of another service.
struct VariableReference: Hashable, CustomStringConvertible {
    enum Scope: Hashable {
        case own
        case shared
        /// By its name, in lower case.
        case service(String)
    }

    static let sharedScope = "shared"

    let scope: Scope
    let name: String

    init(scope: Scope, name: String) {
        self.scope = scope
        self.name = name
    }

    /// Reads `NAME`, `shared.NAME` or `service.NAME`, with blanks around it and quotes around the scope allowed. Services'
    /// names have no upper case here, so `${{Postgres.PGHOST}}` means `postgres`.
    init?(_ text: Substring) {
        let blanks = Set(" \t\r\n".unicodeScalars)
        var scalars = text.unicodeScalars
        while let first = scalars.first, blanks.contains(first) { scalars.removeFirst() }
        while let last = scalars.last, blanks.contains(last) { scalars.removeLast() }
        let trimmed = Substring(scalars)
        guard let dot = trimmed.unicodeScalars.lastIndex(of: ".") else {
            guard VariableNames.isValid(trimmed) else { return nil }
            self.init(scope: .own, name: String(trimmed))
            return
        }
        let name = trimmed[trimmed.unicodeScalars.index(after: dot)...]
        var owner = trimmed[..<dot]
        for quote in ["\"", "'"] where owner.utf8.count >= 2 && owner.hasPrefix(quote) && owner.hasSuffix(quote) {
            owner = owner.dropFirst().dropLast()
        }
        let scope = owner.lowercased()
        let isName = !scope.isEmpty && scope.utf8.count <= Names.maximumLength && scope.utf8.allSatisfy(Self.isNameByte)
        guard isName, VariableNames.isValid(name) else { return nil }
        self.init(scope: scope == Self.sharedScope ? .shared : .service(scope), name: String(name))
    }

    /// The canonical form, without blanks: what is kept beside a value, and what messages show.
    var description: String {
        switch scope {
        case .own: name
        case .shared: "\(Self.sharedScope).\(name)"
        case .service(let service): "\(service).\(name)"
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
    }
}
