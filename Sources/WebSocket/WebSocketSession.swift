import NIOCore
import NIOWebSocket

/// The protocol between frames and messages, for one open connection: joins fragments, answers pings, keeps the connection alive,
/// holds reads while the reader is behind, and closes. The handlers behind it in the pipeline see nothing of the frames.
final class WebSocketSession: ChannelInboundHandler, ChannelOutboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias InboundOut = Never
    typealias OutboundIn = Any
    typealias OutboundOut = WebSocketFrame

    enum Side: Sendable {
        case server
        case client
    }

    enum MessageKind: Sendable {
        case text
        case binary
    }

    private enum State {
        case open
        /// A close frame was sent; the peer's is awaited.
        case closing(WebSocketClosure)
        case closed(WebSocketClosure)
    }

    let side: Side
    private let configuration: WebSocketConfiguration
    private let ended: EventLoopPromise<WebSocketClosure>
    private var source: WebSocketMessages.Producer.Source?
    private var context: ChannelHandlerContext?
    private var state = State.open
    /// The kind and bytes of a message whose last fragment hasn't come.
    private var partial: (kind: MessageKind, bytes: ByteBuffer)?
    private var holdsReads = false
    private var hasHeldRead = false
    private var awaitsAnswer = false
    private var pingTask: Scheduled<Void>?
    private var closeTask: Scheduled<Void>?

    private init(side: Side, configuration: WebSocketConfiguration, ended: EventLoopPromise<WebSocketClosure>) {
        self.side = side
        self.configuration = configuration
        self.ended = ended
    }

    /// Puts a session with its frame coder behind `handler`. Call it on the channel's event loop.
    static func install(
        on channel: any Channel, after handler: any ChannelHandler, side: Side, configuration: WebSocketConfiguration
    ) throws -> WebSocketConnection {
        let ended = channel.eventLoop.makePromise(of: WebSocketClosure.self)
        let session = WebSocketSession(side: side, configuration: configuration, ended: ended)
        let bound = NIOLoopBound(session, eventLoop: channel.eventLoop)
        let producer = WebSocketMessages.Producer.makeSequence(
            backPressureStrategy: .init(lowWatermark: max(1, configuration.inboundQueue / 4), highWatermark: configuration.inboundQueue),
            finishOnDeinit: true, delegate: WebSocketMessages.Demand(eventLoop: channel.eventLoop, session: bound))
        session.source = producer.source
        do {
            try channel.pipeline.syncOperations.addHandlers(
                [
                    WebSocketFrameEncoder(),
                    ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: configuration.maximumMessageSize)),
                    session,
                ], position: .after(handler))
        } catch {
            session.source = nil
            ended.fail(error)
            throw error
        }
        return WebSocketConnection(
            messages: WebSocketMessages(base: producer.sequence), session: bound, eventLoop: channel.eventLoop, ended: ended.futureResult)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        schedulePing()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end(lost: "the connection was closed")
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(lost: "the peer went away")
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        awaitsAnswer = false
        guard !frame.rsv1, !frame.rsv2, !frame.rsv3 else { return fail(.protocolError, "reserved bits without an extension") }
        // RFC 6455, section 5.1: a client masks every frame, a server none.
        guard (frame.maskKey != nil) == (side == .server) else { return fail(.protocolError, "wrong masking") }
        switch frame.opcode {
        case .text: receive(start: .text, frame)
        case .binary: receive(start: .binary, frame)
        case .continuation: receive(continuation: frame)
        case .ping: answer(ping: frame)
        case .pong: break
        case .connectionClose: receive(close: frame)
        default: fail(.protocolError, "unknown opcode")
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case NIOWebSocketError.invalidFrameLength:
            fail(.messageTooBig, "a message may have at most \(configuration.maximumMessageSize) bytes")
        case is NIOWebSocketError:
            fail(.protocolError, "malformed frame")
        default:
            end(lost: "\(error)")
            context.close(promise: nil)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent:
            close(WebSocketClosure(code: .goingAway, reason: "the server stops"))
        case ChannelEvent.inputClosed:
            end(lost: "the peer went away")
            context.close(promise: nil)
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    func read(context: ChannelHandlerContext) {
        if holdsReads {
            hasHeldRead = true
        } else {
            context.read()
        }
    }

    /// The reader has room again, or is gone and what comes is dropped.
    func resumeReading() {
        holdsReads = false
        guard hasHeldRead, let context else { return }
        hasHeldRead = false
        context.read()
    }

    /// Completes when the socket took the message.
    func send(_ kind: MessageKind, _ data: ByteBuffer) -> EventLoopFuture<Void> {
        switch (state, context) {
        case (.open, let context?):
            return context.writeAndFlush(wrapOutboundOut(frame(kind == .text ? .text : .binary, data)))
        case (.closing(let closure), _), (.closed(let closure), _):
            return ended.futureResult.eventLoop.makeFailedFuture(WebSocketError.closed(closure))
        case (.open, nil):
            return ended.futureResult.eventLoop.makeFailedFuture(WebSocketError.connectionLost("the connection was closed"))
        }
    }

    /// Starts the closing handshake; nothing when it has already begun.
    func close(_ closure: WebSocketClosure) {
        startClosing(closure, failure: nil)
    }

    private func frame(_ opcode: WebSocketOpcode, _ data: ByteBuffer) -> WebSocketFrame {
        WebSocketFrame(fin: true, opcode: opcode, maskKey: side == .client ? .random() : nil, data: data)
    }
}

// MARK: - Messages

extension WebSocketSession {
    private func receive(start kind: MessageKind, _ frame: WebSocketFrame) {
        guard case .open = state else { return }
        guard partial == nil else { return fail(.protocolError, "a message began before the last one ended") }
        let bytes = frame.unmaskedData
        if frame.fin {
            deliver(kind, bytes)
        } else {
            partial = (kind, bytes)
        }
    }

    private func receive(continuation frame: WebSocketFrame) {
        guard case .open = state else { return }
        guard case (let kind, var bytes)? = partial else { return fail(.protocolError, "a fragment without its beginning") }
        // Taken out while it grows, so that the bytes are appended in place.
        partial = nil
        guard bytes.readableBytes + frame.length <= configuration.maximumMessageSize else {
            return fail(.messageTooBig, "a message may have at most \(configuration.maximumMessageSize) bytes")
        }
        bytes.writeImmutableBuffer(frame.unmaskedData)
        if frame.fin {
            deliver(kind, bytes)
        } else {
            partial = (kind, bytes)
        }
    }

    private func deliver(_ kind: MessageKind, _ bytes: ByteBuffer) {
        let message: WebSocketMessage
        switch kind {
        case .binary:
            message = .binary(Array(bytes.readableBytesView))
        case .text:
            guard let text = String(validating: bytes.readableBytesView, as: UTF8.self) else {
                return fail(.invalidData, "text that isn't UTF-8")
            }
            message = .text(text)
        }
        if case .stopProducing = source?.yield(message) {
            holdsReads = true
        }
    }
}

// MARK: - Keep-alive and close

extension WebSocketSession {
    private func answer(ping frame: WebSocketFrame) {
        // A peer that pings without reading gets no pongs queued for it: RFC 6455 allows to answer the latest only.
        guard case .open = state, let context, context.channel.isWritable else { return }
        context.writeAndFlush(wrapOutboundOut(self.frame(.pong, frame.unmaskedData)), promise: nil)
    }

    private func schedulePing() {
        guard let context else { return }
        pingTask = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(configuration.pingInterval)) { [weak self] in
            self?.ping()
        }
    }

    private func ping() {
        guard case .open = state, let context else { return }
        // While reads are held, an answer may wait unread in the socket: that peer isn't gone.
        if awaitsAnswer, !holdsReads {
            end(lost: "no answer to a ping")
            context.close(promise: nil)
            return
        }
        awaitsAnswer = !holdsReads
        context.writeAndFlush(wrapOutboundOut(frame(.ping, ByteBuffer())), promise: nil)
        schedulePing()
    }

    private func receive(close frame: WebSocketFrame) {
        var bytes = frame.unmaskedData
        var closure = WebSocketClosure(code: .noCode)
        if bytes.readableBytes > 0 {
            guard let code = bytes.readInteger(as: UInt16.self).map(WebSocketCloseCode.init), code.isAllowedOnTheWire else {
                return fail(.protocolError, "invalid close code")
            }
            guard let reason = String(validating: bytes.readableBytesView, as: UTF8.self) else {
                return fail(.invalidData, "a close reason that isn't UTF-8")
            }
            closure = WebSocketClosure(code: code, reason: reason)
        }
        switch state {
        case .open:
            state = .closed(closure)
            finishMessages(nil)
            guard let context else { return }
            let bound = context.loopBound
            context.writeAndFlush(wrapOutboundOut(self.frame(.connectionClose, closePayload(closure)))).whenComplete { _ in
                bound.value.close(promise: nil)
            }
            // The peer may not read any more.
            scheduleForcedClose()
        case .closing:
            context?.close(promise: nil)
        case .closed:
            break
        }
    }

    private func fail(_ code: WebSocketCloseCode, _ reason: String) {
        let closure = WebSocketClosure(code: code, reason: reason)
        startClosing(closure, failure: .violation(closure))
    }

    private func startClosing(_ closure: WebSocketClosure, failure: WebSocketError?) {
        guard case .open = state, let context else { return }
        state = .closing(closure)
        finishMessages(failure)
        let written = context.writeAndFlush(wrapOutboundOut(frame(.connectionClose, closePayload(closure))))
        if failure != nil, side == .server {
            // Nothing more of it can be understood. Only our half is closed, since a reset could overtake the close frame.
            let bound = context.loopBound
            written.whenComplete { _ in bound.value.close(mode: .output, promise: nil) }
        }
        scheduleForcedClose()
        // What still comes is dropped, but the peer's close frame has to be seen.
        resumeReading()
    }

    private func closePayload(_ closure: WebSocketClosure) -> ByteBuffer {
        guard closure.code.isAllowedOnTheWire else { return ByteBuffer() }
        var reason = closure.reason
        while reason.utf8.count > 123 {
            reason.removeLast()
        }
        var payload = ByteBuffer(integer: closure.code.rawValue)
        payload.writeString(reason)
        return payload
    }

    private func scheduleForcedClose() {
        guard let context else { return }
        closeTask = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(configuration.closeTimeout)) {
            context.close(promise: nil)
        }
    }

    private func finishMessages(_ failure: WebSocketError?) {
        partial = nil
        if let failure {
            source?.finish(failure)
        } else {
            source?.finish()
        }
        source = nil
    }

    /// The connection is gone; the first call counts.
    private func end(lost reason: String) {
        pingTask?.cancel()
        closeTask?.cancel()
        switch state {
        case .open:
            let closure = WebSocketClosure(code: .abnormal, reason: reason)
            state = .closed(closure)
            finishMessages(.connectionLost(reason))
            ended.succeed(closure)
        case .closing(let closure), .closed(let closure):
            state = .closed(closure)
            finishMessages(nil)
            ended.succeed(closure)
        }
    }
}
