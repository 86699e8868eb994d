import FoundationEssentials

extension ManifestValue: Decodable {
    /// Throws `ManifestError` unless the text is one JSON value.
    init(json text: String) throws(ManifestError) {
        do {
            self = try JSONDecoder().decode(ManifestValue.self, from: Data(text.utf8))
        } catch {
            throw ManifestError(line: nil, reason: "it is not valid JSON")
        }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([ManifestValue].self) {
            self = .array(value)
        } else {
            self = .table(try container.decode([String: ManifestValue].self))
        }
    }
}
