import NIOCore

/// One open WebSocket, of a server or a client: whole messages in and out.
public struct WebSocketConnection: Sendable {
    /// What the peer sends. Iterate it once, from one task.
    public let messages: WebSocketMessages
    let session: NIOLoopBound<WebSocketSession>
    let eventLoop: any EventLoop
    let ended: EventLoopFuture<WebSocketClosure>

    /// Sends a text message and returns when the socket took it, so a slow peer slows its sender only.
    public func send(text: String) async throws(WebSocketError) {
        try await send(.text, ByteBuffer(string: text))
    }

    /// Sends a binary message and returns when the socket took it.
    public func send(binary: [UInt8]) async throws(WebSocketError) {
        try await send(.binary, ByteBuffer(bytes: binary))
    }

    /// Closes properly, and returns when the connection is gone: after the peer's answer, or `closeTimeout`. Can be called again.
    /// A reason longer than the 123 bytes of RFC 6455 is cut.
    public func close(code: WebSocketCloseCode = .normal, reason: String = "") async {
        let closure = WebSocketClosure(code: code, reason: reason)
        eventLoop.execute { session.value.close(closure) }
        _ = await closed()
    }

    /// Waits until the connection is gone, and says how it ended.
    public func closed() async -> WebSocketClosure {
        do {
            return try await ended.get()
        } catch {
            return WebSocketClosure(code: .abnormal)
        }
    }

    private func send(_ kind: WebSocketSession.MessageKind, _ data: ByteBuffer) async throws(WebSocketError) {
        do {
            try await eventLoop.flatSubmit { session.value.send(kind, data) }.get()
        } catch let error as WebSocketError {
            throw error
        } catch {
            throw .connectionLost("\(error)")
        }
    }
}
