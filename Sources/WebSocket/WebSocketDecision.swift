public import HTTPTypes

/// What becomes of a request to open a WebSocket.
public enum WebSocketDecision: Sendable {
    /// The connection becomes a WebSocket, and `run` owns it: when it returns, the WebSocket is closed with 1000, when it throws, with
    /// 1011. It is cancelled when the peer goes away.
    case accept(headers: HTTPFields = [:], run: @Sendable (WebSocketConnection) async throws -> Void)
    /// An ordinary HTTP answer, after which the connection is closed.
    case reject(status: HTTPResponse.Status, headers: HTTPFields = [:], body: String = "")
    /// The request goes to the HTTP responder like any other.
    case pass
}
