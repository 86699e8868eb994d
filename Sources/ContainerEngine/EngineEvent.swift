/// One line of `GET /events`.
public struct EngineEvent: Decodable, Hashable, Sendable {
    /// `container`, `image`, `network`, `volume`.
    public var kind: String
    /// `start`, `die`, `remove` (Podman) or `destroy` (Docker), and more.
    public var action: String
    /// The id of what it happened to.
    public var subject: String
    /// Its labels, beside the engine's own keys (`name`, `image`, `containerExitCode`, `exitCode`).
    public var attributes: [String: String]
    /// Nanoseconds since 1970.
    public var time: Int64

    /// Of a container that died.
    public var exitCode: Int? {
        (attributes["containerExitCode"] ?? attributes["exitCode"]).flatMap { Int($0) }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        kind = try container.decode(String.self, forKey: .kind)
        action = try container.decode(String.self, forKey: .action)
        let actor = try container.decode(Subject.self, forKey: .actor)
        subject = actor.id ?? ""
        attributes = actor.attributes ?? [:]
        time = try container.decode(Int64.self, forKey: .time)
    }

    private struct Subject: Decodable {
        var id: String?
        var attributes: [String: String]?

        enum CodingKeys: String, CodingKey {
            case id = "ID"
            case attributes = "Attributes"
        }
    }

    enum CodingKeys: String, CodingKey {
        case kind = "Type"
        case action = "Action"
        case actor = "Actor"
        case time = "timeNano"
    }
}
