import NIOCore

/// The messages of one connection, in order. Iterate it once, from one task.
///
/// Ends when either side closed properly; throws ``WebSocketError`` when the connection was lost or the peer broke the protocol. While
/// nobody takes messages out, nothing more is read from the socket, so a fast peer is slowed down by TCP.
public struct WebSocketMessages: AsyncSequence, Sendable {
    public typealias Element = WebSocketMessage
    typealias Producer = NIOThrowingAsyncSequenceProducer<
        WebSocketMessage, any Error, NIOAsyncSequenceProducerBackPressureStrategies.HighLowWatermark, Demand
    >

    let base: Producer

    public func makeAsyncIterator() -> Iterator {
        Iterator(base: base.makeAsyncIterator())
    }

    public struct Iterator: AsyncIteratorProtocol {
        let base: Producer.AsyncIterator

        public mutating func next() async throws -> WebSocketMessage? {
            try await base.next()
        }
    }

    /// Tells the session on its event loop that the reader has room again.
    struct Demand: NIOAsyncSequenceProducerDelegate {
        let eventLoop: any EventLoop
        let session: NIOLoopBound<WebSocketSession>

        func produceMore() {
            eventLoop.execute { session.value.resumeReading() }
        }

        func didTerminate() {
            eventLoop.execute { session.value.resumeReading() }
        }
    }
}
