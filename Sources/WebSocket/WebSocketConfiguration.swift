/// Limits and times of one WebSocket; the same for both sides.
public struct WebSocketConfiguration: Sendable {
    /// Bytes of one message, joined from its fragments; a longer one ends the connection with 1009.
    public var maximumMessageSize: Int
    /// How often a ping is sent. A peer that sent nothing at all until the next one is taken for gone.
    public var pingInterval: Duration
    /// How long the peer gets to answer a close frame.
    public var closeTimeout: Duration
    /// How long bytes may wait for a peer that doesn't read, before the connection is cut.
    public var stalledWriteTimeout: Duration
    /// Whole messages that may wait for the reader; then nothing more is read from the socket.
    public var inboundQueue: Int

    public init(
        maximumMessageSize: Int = 1 << 20, pingInterval: Duration = .seconds(20), closeTimeout: Duration = .seconds(5),
        stalledWriteTimeout: Duration = .seconds(60), inboundQueue: Int = 16
    ) {
        self.maximumMessageSize = maximumMessageSize
        self.pingInterval = pingInterval
        self.closeTimeout = closeTimeout
        self.stalledWriteTimeout = stalledWriteTimeout
        self.inboundQueue = inboundQueue
    }
}
