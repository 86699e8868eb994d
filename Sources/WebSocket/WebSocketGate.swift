import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// Stands between the HTTP/1 decoder and the HTTP handlers, and turns the connection into a WebSocket at whichever request asks for it.
///
/// NIO's own upgrader looks at the first request of a connection only, which fails behind every proxy that reuses connections. On
/// ordinary requests this one looks at the method and counts, nothing else. The decoder stops after a request with `Connection: Upgrade`
/// (what follows may be another protocol), so a connection whose upgrade isn't accepted ends with that request's answer.
final class WebSocketGate: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        case http
        /// An upgrade's head came; its end, or the answers to earlier requests, are awaited.
        case collecting(HTTPRequestHead, isComplete: Bool)
        case deciding(HTTPRequestHead)
        /// An answer goes out that ends the connection.
        case lastAnswer
        case upgraded
    }

    /// How long a client may go on sending what nobody wants.
    private static let lingeringTime = TimeAmount.seconds(30)

    private let configuration: WebSocketConfiguration
    private let requests: AsyncStream<UpgradeRequest>.Continuation
    /// What only HTTP needs, and is removed by an upgrade.
    private let httpHandlers: [any RemovableChannelHandler]
    private let decoder: any RemovableChannelHandler
    private var context: ChannelHandlerContext?
    private var state = State.http
    private var requestsInFlight = 0
    /// Whether the end of the newest request is still to come.
    private var isReceiving = false
    private var hasHeldRead = false
    private var lingering: Scheduled<Void>?

    init(
        configuration: WebSocketConfiguration, requests: AsyncStream<UpgradeRequest>.Continuation, decoder: any RemovableChannelHandler,
        httpHandlers: [any RemovableChannelHandler]
    ) {
        self.configuration = configuration
        self.requests = requests
        self.decoder = decoder
        self.httpHandlers = httpHandlers
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        lingering?.cancel()
        requests.finish()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .upgraded = state {
            // Bytes that the decoder left over: frames already.
            return context.fireChannelRead(data)
        }
        switch (unwrapInboundIn(data), state) {
        case (.head(let head), .http):
            if head.method == .GET, head.asksForWebSocket {
                state = .collecting(head, isComplete: false)
                return
            }
            requestsInFlight += 1
            isReceiving = true
            if head.headers.contains(name: "upgrade") {
                state = .lastAnswer
            }
            if head.headers.first(name: "expect")?.lowercased() == "100-continue", requestsInFlight == 1 {
                context.writeAndFlush(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
            }
        case (.body, .collecting):
            return
        case (.end, .collecting(let head, _)):
            state = .collecting(head, isComplete: true)
            decideWhenAlone()
            return
        case (.end, _):
            isReceiving = false
            if case .http = state {
                lingering?.cancel()
            }
        default:
            break
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .upgraded = state {
            return context.write(data, promise: promise)
        }
        switch unwrapOutboundIn(data) {
        case .head(var head):
            if case .lastAnswer = state, requestsInFlight == 1 {
                head.headers.replaceOrAdd(name: "connection", value: "close")
                return context.write(wrapOutboundOut(.head(head)), promise: promise)
            }
        case .end:
            requestsInFlight -= 1
            if requestsInFlight == 0 {
                if case .lastAnswer = state {
                    return closeAfterWriting(data, context, promise)
                }
                if isReceiving {
                    // Answered early. Most clients read the answer only when they have sent all, so the rest is taken and dropped.
                    linger(context)
                }
                decideWhenAlone()
            }
        case .body:
            break
        }
        context.write(data, promise: promise)
    }

    func read(context: ChannelHandlerContext) {
        if case .deciding = state {
            hasHeldRead = true
        } else {
            context.read()
        }
    }

    private func closeAfterWriting(_ data: NIOAny, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        let bound = context.loopBound
        let written = promise ?? context.eventLoop.makePromise()
        // Only our half: a reset could overtake the answer while the client still sends.
        written.futureResult.whenComplete { _ in bound.value.close(mode: .output, promise: nil) }
        context.writeAndFlush(data, promise: written)
        linger(context)
    }

    private func linger(_ context: ChannelHandlerContext) {
        lingering?.cancel()
        lingering = context.eventLoop.assumeIsolated().scheduleTask(in: Self.lingeringTime) {
            context.close(promise: nil)
        }
    }

    private func releaseRead() {
        guard hasHeldRead, let context else { return }
        hasHeldRead = false
        context.read()
    }
}

// MARK: - The decision

extension WebSocketGate {
    private func decideWhenAlone() {
        guard requestsInFlight == 0, case .collecting(let head, isComplete: true) = state, let context else { return }
        state = .deciding(head)
        guard head.version == .http1_1, let key = head.headers.first(name: "sec-websocket-key"), WebSocketHandshake.isValid(key: key) else {
            return reject(status: .badRequest, headers: [:], body: "")
        }
        guard head.headers.first(name: "sec-websocket-version") == "13" else {
            return reject(status: .upgradeRequired, headers: [.secWebSocketVersion: "13"], body: "")
        }
        guard let request = try? HTTPRequest(head, secure: false, splitCookie: false) else {
            return reject(status: .badRequest, headers: [:], body: "")
        }
        let gate = NIOLoopBound(self, eventLoop: context.eventLoop)
        requests.yield(UpgradeRequest(head: request, eventLoop: context.eventLoop, gate: gate))
    }

    /// Answers 101 and replaces the HTTP coder by the frames' one.
    func accept(headers: HTTPFields) throws -> WebSocketConnection {
        guard case .deciding(let head) = state, let context, context.channel.isActive else {
            throw WebSocketError.connectionLost("the peer went away")
        }
        var answer = HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: HTTPHeaders(headers))
        answer.headers.replaceOrAdd(name: "upgrade", value: "websocket")
        answer.headers.replaceOrAdd(name: "connection", value: "Upgrade")
        let key = head.headers.first(name: "sec-websocket-key") ?? ""
        answer.headers.replaceOrAdd(name: "sec-websocket-accept", value: WebSocketHandshake.accept(forKey: key))
        context.write(wrapOutboundOut(.head(answer)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)

        state = .upgraded
        let pipeline = context.pipeline.syncOperations
        for handler in httpHandlers {
            pipeline.removeHandler(handler, promise: nil)
        }
        let connection = try WebSocketSession.install(on: context.channel, after: self, side: .server, configuration: configuration)
        releaseRead()
        // Last, since the decoder hands on what it has read beyond the request.
        pipeline.removeHandler(decoder, promise: nil)
        return connection
    }

    func reject(status: HTTPResponse.Status, headers: HTTPFields, body: String) {
        guard case .deciding = state, let context else { return }
        state = .lastAnswer
        var answer = HTTPResponseHead(
            version: .http1_1, status: .init(statusCode: status.code, reasonPhrase: status.reasonPhrase), headers: HTTPHeaders(headers))
        answer.headers.replaceOrAdd(name: "content-length", value: String(body.utf8.count))
        answer.headers.replaceOrAdd(name: "connection", value: "close")
        context.write(wrapOutboundOut(.head(answer)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil)
        closeAfterWriting(wrapOutboundOut(.end(nil)), context, nil)
        releaseRead()
    }

    func pass() {
        guard case .deciding(let head) = state, let context else { return }
        state = .lastAnswer
        requestsInFlight += 1
        context.fireChannelRead(wrapInboundOut(.head(head)))
        context.fireChannelRead(wrapInboundOut(.end(nil)))
        context.fireChannelReadComplete()
        releaseRead()
    }
}

extension HTTPRequestHead {
    fileprivate var asksForWebSocket: Bool {
        guard headers.contains(name: "upgrade") else { return false }
        return headers[canonicalForm: "upgrade"].contains { $0.lowercased() == "websocket" }
            && headers[canonicalForm: "connection"].contains { $0.lowercased() == "upgrade" }
    }
}
