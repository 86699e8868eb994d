import FoundationEssentials
import Resources

/// A list of environments or services as a query aggregates it into one column.
struct NamedRow: Decodable {
    let id: UUID
    let name: String
    /// Seconds since 1970.
    let created: Double

    var createdAt: Date { Date(timeIntervalSince1970: created) }

    static func decode(_ json: String) throws -> [NamedRow] {
        try JSONDecoder().decode([NamedRow].self, from: Data(json.utf8))
    }
}
