import FoundationEssentials
import Resources

/// The JSON of all interfaces as text, and what is wrong with one that could not be read.
enum JSONCoding {
    static func decode<Value: Decodable>(_ type: Value.Type = Value.self, from bytes: some Sequence<UInt8>) throws -> Value {
        try ResourceCoding.decode(type, from: Data(bytes))
    }

    /// Indented and sorted, for files and people.
    static func text(of value: some Encodable) throws -> String {
        String(decoding: try ResourceCoding.encode(value, pretty: true), as: UTF8.self)
    }

    /// On one line, for streams and requests.
    static func line(of value: some Encodable) throws -> String {
        String(decoding: try ResourceCoding.encode(value), as: UTF8.self)
    }

    /// What was wrong with a text that could not be decoded, and at which key.
    static func explain(_ error: any Error) -> String {
        func path(_ context: DecodingError.Context) -> String {
            let keys = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }
            return keys.isEmpty ? "at the top" : "at \(keys.joined(separator: "."))"
        }
        return switch error {
        case DecodingError.keyNotFound(let key, let context): "\(key.stringValue) is missing \(path(context))"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context): "unexpected type \(path(context))"
        case DecodingError.dataCorrupted(let context): "\(context.debugDescription) \(path(context))"
        default: "\(error)"
        }
    }
}
