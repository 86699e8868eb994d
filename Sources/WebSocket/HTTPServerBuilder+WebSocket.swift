public import HTTPTypes
public import HummingbirdCore

extension HTTPServerBuilder {
    /// HTTP/1.1 whose connections can become WebSockets. `decide` is asked about each well-formed request for one.
    public static func http1WithWebSocket(
        configuration: WebSocketChannel.Configuration = .init(), decide: @escaping @Sendable (HTTPRequest) async -> WebSocketDecision
    ) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            WebSocketChannel(responder: responder, configuration: configuration, decide: decide)
        }
    }
}
