import FoundationEssentials
import Resources

/// Settings as they are kept in the database: JSON of what differs from the defaults.
enum SettingsText {
    static func encode(_ overrides: UpdateSettings) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(overrides), as: UTF8.self)
    }

    static func decode(_ text: String?) throws -> UpdateSettings {
        guard let text else { return UpdateSettings() }
        return try JSONDecoder().decode(UpdateSettings.self, from: Data(text.utf8))
    }
}
