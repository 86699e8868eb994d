import Kernel

/// Names of projects, environments, services and volumes. They become labels of DNS names (RFC 1123), so they follow its rules.
enum Names {
    static let maximumLength = 40

    /// - Parameter noun: What is named, such as `project`.
    /// - Throws: `NAME_INVALID`.
    static func validate(_ name: String, of noun: String) throws {
        guard let fault = fault(in: name) else { return }
        let hint = suggestion(for: name).map { "try \($0)" } ?? "use 1 to \(maximumLength) of a-z, 0-9 and -, beginning with a letter"
        throw SwitchyardError(.invalid, code: "NAME_INVALID", "the \(noun)'s name \(ShownInput(name)) \(fault)", hint: hint)
    }

    static func taken(_ name: String, of noun: String, in parent: String) -> SwitchyardError {
        SwitchyardError(
            .conflict, code: "NAME_TAKEN", "there is a \(noun) named \(name) in this \(parent) already", hint: "choose another name")
    }

    private static func fault(in name: String) -> String? {
        let bytes = Array(name.utf8.prefix(maximumLength + 1))
        guard let first = bytes.first, let last = bytes.last else { return "is empty" }
        guard bytes.count <= maximumLength else { return "is longer than \(maximumLength) characters" }
        guard bytes.allSatisfy({ isLetter($0) || isDigit($0) || $0 == hyphen }) else { return "has other characters than a-z, 0-9 and -" }
        guard isLetter(first) else { return "does not begin with a letter" }
        guard last != hyphen else { return "ends with a hyphen" }
        // Reserved for encodings such as `xn--` (RFC 5891, section 4.2.3.1).
        guard !bytes.dropFirst(2).starts(with: [hyphen, hyphen]) else { return "has two hyphens as its third and fourth characters" }
        return nil
    }

    /// The nearest valid name, where one is near.
    private static func suggestion(for name: String) -> String? {
        var slug: [UInt8] = []
        for byte in name.utf8.prefix(4 * maximumLength) {
            let lower = byte >= 0x41 && byte <= 0x5A ? byte + 0x20 : byte
            if isLetter(lower) || isDigit(lower) && !slug.isEmpty {
                slug.append(lower)
            } else if let last = slug.last, last != hyphen {
                slug.append(hyphen)
            }
        }
        slug = Array(slug.prefix(maximumLength))
        while slug.last == hyphen { slug.removeLast() }
        let suggestion = String(decoding: slug, as: UTF8.self)
        return fault(in: suggestion) == nil ? suggestion : nil
    }

    private static let hyphen = UInt8(ascii: "-")

    private static func isLetter(_ byte: UInt8) -> Bool { byte >= 0x61 && byte <= 0x7A }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}
