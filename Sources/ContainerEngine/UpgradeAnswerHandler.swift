import NIOCore

/// Reads the head of the answer to a request that takes its connection out of HTTP, and then stands aside: what follows is
/// the raw stream. An answer that refuses fails `accepted` with the engine's error.
final class UpgradeAnswerHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private enum State {
        case head
        case refusal(status: Int, length: Int)
        case stream
    }

    private let accepted: EventLoopPromise<Void>
    private var state = State.head
    private var received = ByteBuffer()
    private let longestHead = 16 << 10
    private let longestRefusal = 64 << 10

    init(accepted: EventLoopPromise<Void>) {
        self.accepted = accepted
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .stream = state { return context.fireChannelRead(data) }
        var chunk = unwrapInboundIn(data)
        received.writeBuffer(&chunk)
        if case .head = state { readHead(context) }
        if case .refusal(let status, let length) = state, received.readableBytes >= length {
            fail(EngineError(status: status, body: received.readableBytesView), context)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        if case .stream = state { return }
        // Nobody reads the stream yet, so nobody else asks for more.
        context.read()
    }

    func channelInactive(context: ChannelHandlerContext) {
        switch state {
        case .stream: break
        case .refusal(let status, _): accepted.fail(EngineError(status: status, body: received.readableBytesView))
        case .head: accepted.fail(EngineError(.unreachable, "the engine closed the connection before it answered"))
        }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Only the first outcome of a promise counts.
        accepted.fail(error)
        context.fireErrorCaught(error)
    }

    private func readHead(_ context: ChannelHandlerContext) {
        guard let end = endOfHead() else {
            if received.readableBytes > longestHead {
                fail(EngineError(.malformed, "the engine's answer has a head of more than \(longestHead) bytes"), context)
            }
            return
        }
        let head = received.readString(length: end) ?? ""
        let lines = head.split(separator: "\r\n")
        let words = (lines.first ?? "").split(separator: " ")
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
            return fail(EngineError(.malformed, "the engine's answer isn't HTTP"), context)
        }
        // 101 by both engines when asked to upgrade; 200 by Docker before 1.10 of its interface.
        if status == 101 || status == 200 {
            state = .stream
            accepted.succeed()
            if received.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(received)) }
            received.clear()
        } else {
            state = .refusal(status: status, length: min(contentLength(lines.dropFirst()), longestRefusal))
        }
    }

    private func endOfHead() -> Int? {
        let view = received.readableBytesView
        var matched = 0
        let pattern = Array("\r\n\r\n".utf8)
        for (offset, byte) in view.enumerated() {
            matched = byte == pattern[matched] ? matched + 1 : (byte == pattern[0] ? 1 : 0)
            if matched == pattern.count { return offset + 1 }
        }
        return nil
    }

    /// All that comes until the connection closes when the engine doesn't say.
    private func contentLength(_ lines: some Sequence<Substring>) -> Int {
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2, parts[0].lowercased() == "content-length" {
                return Int(parts[1].drop { $0 == " " }) ?? longestRefusal
            }
        }
        return longestRefusal
    }

    private func fail(_ error: any Error, _ context: ChannelHandlerContext) {
        accepted.fail(error)
        context.close(promise: nil)
    }
}
