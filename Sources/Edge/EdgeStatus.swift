/// What a running edge says of itself.
public struct EdgeStatus: Sendable, Hashable, Codable {
    /// Of the configuration and Lua it runs with.
    public var digest: String
    /// How many hosts have a route.
    public var routes: Int
    /// The highest revision of a change to its routes.
    public var revision: Int64
    /// The highest revision of a change to its certificates.
    public var certificatesRevision: Int64
    /// Whether all is on disk that is in memory.
    public var saved: Bool
}
