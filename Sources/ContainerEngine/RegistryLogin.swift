/// A login at a registry, as the `X-Registry-Auth` header carries it.
public struct RegistryLogin: Encodable, Sendable {
    public var username: String
    public var password: String

    public init(username: String, password: String) {
        self.username = username
        self.password = password
    }
}
