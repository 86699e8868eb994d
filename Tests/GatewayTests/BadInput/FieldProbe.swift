/// Finds out which fields a type takes, by letting it decode from nothing: so a field that is added to a request is seen by the tests
/// at once.
enum FieldProbe {
    enum Kind: Hashable {
        case text
        case number
        case flag
        /// One of some words.
        case choice
        /// The keys of a dictionary of texts.
        case names
        /// Its values.
        case values
    }

    /// By path, such as `source.git.url`; a dictionary is there twice, as `variables{name}` and `variables{value}`.
    static func fields(of type: any Decodable.Type) -> [String: Kind] {
        let notes = Notes()
        repeat {
            // Fails at what has no value of its own, after having asked for it.
            _ = try? type.init(from: ProbeDecoder(notes: notes, path: []))
            notes.form += 1
        } while notes.form < notes.forms
        return notes.fields
    }

    fileprivate final class Notes {
        var fields: [String: Kind] = [:]
        /// Which form of a type of several forms is asked about, and how many there are.
        var form = 0
        var forms = 1
    }

    fileprivate struct NoValue: Error {}
}

private struct ProbeDecoder: Decoder {
    let notes: FieldProbe.Notes
    let path: [String]

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(ProbeFields(notes: notes, path: path))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        throw FieldProbe.NoValue()
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        throw FieldProbe.NoValue()
    }
}

private struct ProbeFields<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let notes: FieldProbe.Notes
    let path: [String]

    var codingPath: [any CodingKey] { [] }

    /// One of the forms of a type that has several.
    var allKeys: [Key] {
        guard let type = Key.self as? any CaseIterable.Type else { return [] }
        let keys = cases(of: type)
        notes.forms = max(notes.forms, keys.count)
        return keys.isEmpty ? [] : [keys[min(notes.form, keys.count - 1)]]
    }

    private func cases<Cases: CaseIterable>(of type: Cases.Type) -> [Key] {
        type.allCases.compactMap { $0 as? Key }
    }

    func contains(_ key: Key) -> Bool { true }

    func decodeNil(forKey key: Key) throws -> Bool { false }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        let field = (path + [key.stringValue]).joined(separator: ".")
        func found<Sample>(_ kind: FieldProbe.Kind, _ sample: Sample) throws -> Value {
            notes.fields[field] = kind
            guard let value = sample as? Value else { throw FieldProbe.NoValue() }
            return value
        }
        switch type {
        case is String.Type: return try found(.text, "")
        case is Bool.Type: return try found(.flag, false)
        case is Int.Type: return try found(.number, 0)
        case is Double.Type: return try found(.number, 0.0)
        case is [String: String].Type:
            notes.fields[field + "{name}"] = .names
            notes.fields[field + "{value}"] = .values
            return try [String: String]() as? Value ?? found(.values, "")
        case let choice as any CaseIterable.Type: return try found(.choice, first(of: choice))
        default: return try Value(from: ProbeDecoder(notes: notes, path: path + [key.stringValue]))
        }
    }

    private func first<Cases: CaseIterable>(of type: Cases.Type) -> Any? {
        type.allCases.first
    }

    func nestedContainer<NestedKey: CodingKey>(keyedBy type: NestedKey.Type, forKey key: Key) throws -> KeyedDecodingContainer<NestedKey> {
        KeyedDecodingContainer(ProbeFields<NestedKey>(notes: notes, path: path + [key.stringValue]))
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        throw FieldProbe.NoValue()
    }

    func superDecoder() throws -> any Decoder {
        throw FieldProbe.NoValue()
    }

    func superDecoder(forKey key: Key) throws -> any Decoder {
        throw FieldProbe.NoValue()
    }
}
