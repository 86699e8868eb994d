/// Says for people what a decoder found: the field, and what was expected.
enum DecodingProblem {
    static func text(of error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context):
            "the field \(path(context.codingPath + [key])) is missing"
        case .valueNotFound(let type, let context):
            "the field \(path(context.codingPath)) is null, and \(name(of: type)) is expected"
        case .typeMismatch(let type, let context):
            "the field \(path(context.codingPath)) is not \(name(of: type))"
        case .dataCorrupted(let context) where context.codingPath.isEmpty:
            "the body is not JSON"
        case .dataCorrupted(let context):
            "the field \(path(context.codingPath)) is not valid: \(ShownText(context.debugDescription))"
        @unknown default:
            "the body is not what is expected"
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        guard !keys.isEmpty else { return "(the whole body)" }
        return keys.map { key in key.intValue.map { "[\($0)]" } ?? "\(ShownText(key.stringValue))" }.joined(separator: ".")
    }

    private static func name(of type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a string"
        case is Bool.Type: "true or false"
        case is any BinaryInteger.Type: "a whole number"
        case is any BinaryFloatingPoint.Type: "a number"
        case is [String: Any].Type: "an object"
        case is [Any].Type: "a list"
        default: "of the expected type"
        }
    }
}
