import NIOCore
import NIOHTTP1

/// Sends the client's handshake, and turns the connection into a WebSocket when the server agrees.
final class WebSocketClientHandshake: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private static let bodyLimit = 64 << 10

    private let head: HTTPRequestHead
    private let configuration: WebSocketConfiguration
    private let opened: EventLoopPromise<WebSocketConnection>
    private let encoder: any RemovableChannelHandler
    private let decoder: any RemovableChannelHandler
    private let timeout: Duration
    private var deadline: Scheduled<Void>?
    private var response: HTTPResponseHead?
    private var body = ByteBuffer()
    private var isUpgraded = false
    private var early: [NIOAny] = []

    init(
        head: HTTPRequestHead, configuration: WebSocketConfiguration, opened: EventLoopPromise<WebSocketConnection>,
        encoder: any RemovableChannelHandler, decoder: any RemovableChannelHandler, timeout: Duration
    ) {
        self.head = head
        self.configuration = configuration
        self.opened = opened
        self.encoder = encoder
        self.decoder = decoder
        self.timeout = timeout
    }

    func handlerAdded(context: ChannelHandlerContext) {
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(timeout)) { [weak self] in
            self?.fail(.connectFailed("no answer within \(self?.timeout ?? .zero)"), context)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
        opened.fail(WebSocketError.connectFailed("the connection was closed during the handshake"))
    }

    func channelActive(context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isUpgraded {
            // Frames that came right behind the answer, handed on by the decoder as it leaves.
            return early.append(data)
        }
        switch unwrapInboundIn(data) {
        case .head(let head):
            response = head
        case .body(var part):
            if body.readableBytes + part.readableBytes <= Self.bodyLimit {
                body.writeBuffer(&part)
            }
        case .end:
            // The decoder is still at work below us and must not be removed now.
            context.eventLoop.assumeIsolated().execute { self.finish(context) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isUpgraded else { return context.fireErrorCaught(error) }
        fail(.connectFailed("\(error)"), context)
    }

    private func finish(_ context: ChannelHandlerContext) {
        guard let response else { return fail(.connectFailed("the server closed the connection"), context) }
        guard response.status == .switchingProtocols else {
            return fail(.rejected(status: Int(response.status.code), body: String(buffer: body)), context)
        }
        let key = head.headers.first(name: "Sec-WebSocket-Key") ?? ""
        guard response.headers.first(name: "Sec-WebSocket-Accept") == WebSocketHandshake.accept(forKey: key) else {
            return fail(.handshakeFailed("the server's answer doesn't match the request's key"), context)
        }
        guard context.channel.isActive else { return fail(.connectFailed("the server closed the connection"), context) }
        isUpgraded = true
        let pipeline = context.pipeline.syncOperations
        // It observes writes, and would not know a frame: so nothing is opened before it is gone.
        pipeline.removeHandler(decoder).assumeIsolated().whenSuccess { self.open(context) }
    }

    private func open(_ context: ChannelHandlerContext) {
        do {
            let connection = try WebSocketSession.install(on: context.channel, after: self, side: .client, configuration: configuration)
            let pipeline = context.pipeline.syncOperations
            pipeline.removeHandler(encoder, promise: nil)
            opened.succeed(connection)
            for bytes in early {
                context.fireChannelRead(bytes)
            }
            context.fireChannelReadComplete()
            pipeline.removeHandler(self, promise: nil)
        } catch {
            fail(.connectFailed("\(error)"), context)
        }
    }

    private func fail(_ error: WebSocketError, _ context: ChannelHandlerContext) {
        opened.fail(error)
        context.close(promise: nil)
    }
}
