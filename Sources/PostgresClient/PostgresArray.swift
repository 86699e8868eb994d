public import FoundationEssentials

/// What arrays are made of: `[UInt8]` is `bytea`, the others are arrays of their type (`text[]`, `uuid[]`, ...).
public protocol PostgresArrayElement: Sendable {
    static func postgresValue(ofArray elements: [Self]) -> PostgresValue
    static func array(postgresText text: String) -> [Self]?
}

extension Array: PostgresEncodable where Element: PostgresArrayElement {
    public var postgresValue: PostgresValue { Element.postgresValue(ofArray: self) }
}

extension Array: PostgresDecodable where Element: PostgresArrayElement {
    /// Nil also for an array with a NULL in it.
    public init?(postgresText text: String) {
        guard let elements = Element.array(postgresText: text) else { return nil }
        self = elements
    }
}

extension PostgresArrayElement where Self: PostgresEncodable & PostgresDecodable {
    public static func postgresValue(ofArray elements: [Self]) -> PostgresValue {
        .text(ArrayText.write(elements.map(\.postgresValue)))
    }

    public static func array(postgresText text: String) -> [Self]? {
        guard let items = ArrayText.read(text) else { return nil }
        var elements: [Self] = []
        elements.reserveCapacity(items.count)
        for item in items {
            guard let item, let element = Self(postgresText: item) else { return nil }
            elements.append(element)
        }
        return elements
    }
}

extension String: PostgresArrayElement {}
extension UUID: PostgresArrayElement {}
extension Int: PostgresArrayElement {}
extension Int32: PostgresArrayElement {}
extension Int64: PostgresArrayElement {}
extension Bool: PostgresArrayElement {}
extension Double: PostgresArrayElement {}

extension UInt8: PostgresArrayElement {
    public static func postgresValue(ofArray elements: [UInt8]) -> PostgresValue { .bytes(elements) }

    public static func array(postgresText text: String) -> [UInt8]? { ByteaText.read(text) }
}
