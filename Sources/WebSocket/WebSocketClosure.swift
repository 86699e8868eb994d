/// How a connection ended (RFC 6455, section 7).
public struct WebSocketClosure: Hashable, Sendable {
    public var code: WebSocketCloseCode
    /// Text for people, at most 123 bytes.
    public var reason: String

    public init(code: WebSocketCloseCode, reason: String = "") {
        self.code = code
        self.reason = reason
    }
}
