/// What can go wrong with a WebSocket.
public enum WebSocketError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text isn't a `ws://` or `wss://` URL.
    case invalidURL(String)
    /// No connection came about: name, network, TLS or time-out.
    case connectFailed(String)
    /// The server answered, but with plain HTTP; at most 64 KiB of the body.
    case rejected(status: Int, body: String)
    /// The server's answer was not a correct WebSocket handshake.
    case handshakeFailed(String)
    /// The connection is closed or closing; nothing more can be sent.
    case closed(WebSocketClosure)
    /// The peer or the network went away without a close frame.
    case connectionLost(String)
    /// The peer broke the protocol or a limit; it was told so in a close frame.
    case violation(WebSocketClosure)

    public var description: String {
        switch self {
        case .invalidURL(let text): "not a ws:// or wss:// URL: \(text)"
        case .connectFailed(let reason): "could not connect: \(reason)"
        case .rejected(let status, _): "the server refused the WebSocket with status \(status)"
        case .handshakeFailed(let reason): "the WebSocket handshake failed: \(reason)"
        case .closed(let closure): "the WebSocket is closed (\(closure.code.rawValue)) \(closure.reason)"
        case .connectionLost(let reason): "the WebSocket was lost: \(reason)"
        case .violation(let closure): "the peer broke the WebSocket protocol (\(closure.code.rawValue)): \(closure.reason)"
        }
    }
}
