import FoundationEssentials

/// Narrows lists, events and prunes: all filters must hold.
public struct EngineFilter: Hashable, Sendable {
    private var conditions: [String: [String]] = [:]

    public init() {}

    /// Things that bear these labels with these values.
    public static func labels(_ labels: [String: String]) -> EngineFilter {
        var filter = EngineFilter()
        filter.conditions["label"] = labels.map { "\($0.key)=\($0.value)" }.sorted()
        return filter
    }

    /// Events about things of this kind: `container`, `image`, `network`, `volume`.
    public func kind(_ kind: String) -> EngineFilter {
        var filter = self
        filter.conditions["type"] = [kind]
        return filter
    }

    /// The query's value; nil when there is nothing to filter by.
    var parameter: String? {
        get throws {
            conditions.isEmpty ? nil : String(decoding: try EngineClient.encoded(conditions), as: UTF8.self)
        }
    }
}
