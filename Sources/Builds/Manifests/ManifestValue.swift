/// What a manifest of any format (JSON, TOML) holds. Reading is lenient: a key of another type than asked for is nil, because
/// people's manifests hold all sorts of things that are none of our business.
enum ManifestValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    case number(Double)
    case string(String)
    case array([ManifestValue])
    case table([String: ManifestValue])

    subscript(_ key: String) -> ManifestValue? {
        table?[key]
    }

    var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    var boolean: Bool? {
        if case .boolean(let value) = self { value } else { nil }
    }

    /// A whole number that fits.
    var integer: Int? {
        if case .number(let value) = self { Int(exactly: value) } else { nil }
    }

    var array: [ManifestValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    var table: [String: ManifestValue]? {
        if case .table(let value) = self { value } else { nil }
    }

    /// The strings of an array; other elements are left out.
    var strings: [String] {
        array?.compactMap(\.string) ?? []
    }

    /// The keys of a table, sorted.
    var keys: [String] {
        table?.keys.sorted() ?? []
    }
}
