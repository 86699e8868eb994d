/// How the world reaches the applications of this installation.
public struct PlatformHosts: Sendable {
    /// Generated host names are one label below this domain.
    public let baseDomain: String
    /// Host names that no application may have, such as the dashboard's; the base domain is always one.
    public let reserved: Set<String>
    /// What follows a service's name in its environment's DNS, without a leading dot; nil: the name alone.
    public let privateDomain: String?
    /// `http` or `https`.
    public let scheme: String
    /// The edge's port; nil: the scheme's own.
    public let port: Int?

    public init(
        baseDomain: String = "localhost", reserved: Set<String> = [], privateDomain: String? = nil, scheme: String = "http",
        port: Int? = nil
    ) {
        self.baseDomain = baseDomain.lowercased()
        self.reserved = Set(reserved.map { $0.lowercased() }).union([baseDomain.lowercased()])
        self.privateDomain = privateDomain
        self.scheme = scheme
        self.port = port
    }

    /// What to open in a browser; nil for a wildcard.
    func url(of host: String) -> String? {
        guard !host.hasPrefix("*") else { return nil }
        return "\(scheme)://\(host)" + (port.map { ":\($0)" } ?? "")
    }

    /// The name that other services of the same environment reach a service by.
    func privateHost(of service: String) -> String {
        privateDomain.map { "\(service).\($0)" } ?? service
    }
}
