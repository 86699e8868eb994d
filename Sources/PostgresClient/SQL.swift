/// A statement with its parameters apart from its text. An interpolated value becomes a bound parameter (`$1`), never text:
///
///     let rows = try await client.query("select name from projects where id = \(id) and deleted_at is null")
///
/// Only ``StringInterpolation/appendInterpolation(identifier:)`` puts a value into the text, quoted as an identifier.
public struct SQL: Sendable, ExpressibleByStringInterpolation {
    /// What is sent, with `$1`, `$2`, ... for the parameters.
    public private(set) var text: String
    /// The values of `$1`, `$2`, ..., in this order.
    public private(set) var parameters: [PostgresValue]

    public init(stringLiteral value: String) {
        text = value
        parameters = []
    }

    public init(stringInterpolation: StringInterpolation) {
        text = stringInterpolation.text
        parameters = stringInterpolation.parameters
    }

    /// Appends another statement's text and parameters, renumbered.
    public mutating func append(_ other: SQL) {
        var interpolation = StringInterpolation(literalCapacity: 0, interpolationCount: 0)
        swap(&interpolation.text, &text)
        swap(&interpolation.parameters, &parameters)
        interpolation.appendInterpolation(other)
        self = SQL(stringInterpolation: interpolation)
    }

    public struct StringInterpolation: StringInterpolationProtocol {
        var text = ""
        var parameters: [PostgresValue] = []

        public init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 3)
        }

        public mutating func appendLiteral(_ literal: String) {
            text += literal
        }

        /// Binds a value as the next parameter.
        public mutating func appendInterpolation(_ value: some PostgresEncodable) {
            parameters.append(value.postgresValue)
            text += "$\(parameters.count)"
        }

        /// Binds a value, or NULL.
        public mutating func appendInterpolation(_ value: (some PostgresEncodable)?) {
            parameters.append(value?.postgresValue ?? .null)
            text += "$\(parameters.count)"
        }

        /// Writes a name (schema, table, role) as a quoted identifier.
        public mutating func appendInterpolation(identifier: String) {
            text += quotedIdentifier(identifier)
        }

        /// Appends another statement's text and parameters, renumbered.
        public mutating func appendInterpolation(_ fragment: SQL) {
            var rest = Substring(fragment.text)
            while let dollar = rest.firstIndex(of: "$") {
                text += rest[..<dollar]
                let digits = rest[rest.index(after: dollar)...].prefix(while: \.isNumber)
                if let number = Int(digits) {
                    text += "$\(parameters.count + number)"
                } else {
                    text += "$"
                }
                rest = rest[digits.endIndex...]
            }
            text += rest
            parameters += fragment.parameters
        }
    }
}

/// A name as a quoted identifier, whatever it contains.
func quotedIdentifier(_ name: String) -> String {
    "\"" + name.replacing("\"", with: "\"\"") + "\""
}
