import FoundationEssentials

/// A decoder that hands everything on to another one, and notes which fields of objects are asked for and which are not known.
///
/// A field is unknown when the type's coding keys can't hold it: so a dictionary, whose keys hold any text, has no unknown ones.
struct FieldNotingDecoder: Decoder {
    let base: any Decoder
    let notes: FieldNotes

    var codingPath: [any CodingKey] { base.codingPath }
    var userInfo: [CodingUserInfoKey: Any] { base.userInfo }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        let place = base.codingPath.map(\.stringValue)
        let all = try base.container(keyedBy: AnyKey.self).allKeys
        notes.found(all.map(\.stringValue).filter { Key(stringValue: $0) == nil }, at: place)
        // A type of several forms says which there are; the others are known by what they ask for.
        if let forms = Key.self as? any CaseIterable.Type {
            for name in Self.names(of: forms) { notes.asked(name, at: place) }
        }
        return KeyedDecodingContainer(Fields(base: try base.container(keyedBy: type), notes: notes, place: place))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        Elements(base: try base.unkeyedContainer(), notes: notes)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        try base.singleValueContainer()
    }

    private static func names<Cases: CaseIterable>(of type: Cases.Type) -> [String] {
        type.allCases.compactMap { ($0 as? any CodingKey)?.stringValue }
    }

    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) {
            self.stringValue = stringValue
        }

        init?(intValue: Int) {
            nil
        }
    }
}

extension FieldNotingDecoder {
    private struct Fields<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let base: KeyedDecodingContainer<Key>
        let notes: FieldNotes
        let place: [String]

        var codingPath: [any CodingKey] { base.codingPath }
        var allKeys: [Key] { base.allKeys }

        func contains(_ key: Key) -> Bool {
            notes.asked(key.stringValue, at: place)
            return base.contains(key)
        }

        func decodeNil(forKey key: Key) throws -> Bool {
            try base.decodeNil(forKey: key)
        }

        func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
            // How times are written is the other decoder's business.
            try type == Date.self ? base.decode(type, forKey: key) : Value(from: present(key))
        }

        func nestedContainer<NestedKey: CodingKey>(keyedBy type: NestedKey.Type, forKey key: Key) throws
            -> KeyedDecodingContainer<NestedKey>
        {
            try present(key).container(keyedBy: type)
        }

        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
            try present(key).unkeyedContainer()
        }

        func superDecoder() throws -> any Decoder {
            FieldNotingDecoder(base: try base.superDecoder(), notes: notes)
        }

        func superDecoder(forKey key: Key) throws -> any Decoder {
            notes.asked(key.stringValue, at: place)
            return FieldNotingDecoder(base: try base.superDecoder(forKey: key), notes: notes)
        }

        private func present(_ key: Key) throws -> FieldNotingDecoder {
            guard contains(key) else {
                throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: "no such field"))
            }
            return FieldNotingDecoder(base: try base.superDecoder(forKey: key), notes: notes)
        }
    }

    private struct Elements: UnkeyedDecodingContainer {
        var base: any UnkeyedDecodingContainer
        let notes: FieldNotes

        var codingPath: [any CodingKey] { base.codingPath }
        var count: Int? { base.count }
        var isAtEnd: Bool { base.isAtEnd }
        var currentIndex: Int { base.currentIndex }

        mutating func decodeNil() throws -> Bool {
            try base.decodeNil()
        }

        mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
            try type == Date.self ? base.decode(type) : Value(from: superDecoder())
        }

        mutating func nestedContainer<NestedKey: CodingKey>(keyedBy type: NestedKey.Type) throws -> KeyedDecodingContainer<NestedKey> {
            try superDecoder().container(keyedBy: type)
        }

        mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
            try superDecoder().unkeyedContainer()
        }

        mutating func superDecoder() throws -> any Decoder {
            FieldNotingDecoder(base: try base.superDecoder(), notes: notes)
        }
    }
}
