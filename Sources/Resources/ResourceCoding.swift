public import FoundationEssentials

/// The one JSON of all interfaces: the server and its clients encode and decode resources with these.
///
/// Times are ISO 8601 in UTC with milliseconds (`2026-11-22T10:42:00.125Z`); with another number of fractional digits, or another
/// offset, they are understood as well.
public enum ResourceCoding {
    /// - Parameter pretty: Indented and sorted, for people.
    public static func encode(_ value: some Encodable, pretty: Bool = false) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = pretty ? [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes] : [.withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(text(of: date))
        }
        return try encoder.encode(value)
    }

    public static func decode<Value: Decodable>(_ type: Value.Type = Value.self, from data: Data) throws -> Value {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            guard let date = date(from: try container.decode(String.self)) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected a time such as 2026-11-22T10:42:00.125Z")
            }
            return date
        }
        return try decoder.decode(type, from: data)
    }

    /// A time as the interfaces write it.
    public static func text(of date: Date) -> String {
        date.formatted(withMilliseconds)
    }

    /// A time as the interfaces accept it; nil for anything else.
    public static func date(from text: String) -> Date? {
        if let date = try? withMilliseconds.parse(text) { return date }
        return try? Date.ISO8601FormatStyle().parse(text)
    }

    private static let withMilliseconds = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
}
