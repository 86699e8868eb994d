/// What happens to requests for one host.
public struct Route: Sendable, Hashable, Codable {
    /// In lower case; "*.example.com" stands for all hosts one level below that have no route of their own.
    public let host: String
    /// Where requests go, in turn. None: they are answered 503.
    public var endpoints: [Endpoint]
    /// Whether plain HTTP is sent to HTTPS.
    public var redirect: Bool
    /// Whether requests wait (up to 30 s) while there is no endpoint, instead of being answered 503.
    public var hold: Bool
    /// Which service this is, for logs and metrics. May be empty.
    public let service: String

    /// - Throws: `EdgeError(.invalid)`.
    public init(host: String, endpoints: [Endpoint], redirect: Bool = false, hold: Bool = false, service: String = "") throws(EdgeError) {
        self.host = try HostName.normalize(host)
        self.endpoints = endpoints
        self.redirect = redirect
        self.hold = hold
        self.service = try Label.check(service)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            host: container.decode(String.self, forKey: .host), endpoints: container.decode([Endpoint].self, forKey: .endpoints),
            redirect: container.decodeIfPresent(Bool.self, forKey: .redirect) ?? false,
            hold: container.decodeIfPresent(Bool.self, forKey: .hold) ?? false,
            service: container.decodeIfPresent(String.self, forKey: .service) ?? "")
    }
}
