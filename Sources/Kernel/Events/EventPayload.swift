/// What an event says, beside who, when and where. It is kept forever: add optional fields, never change one.
public protocol EventPayload: Codable, Sendable {
    /// `noun.past_participle`, such as `deployment.created`.
    static var type: String { get }
}
