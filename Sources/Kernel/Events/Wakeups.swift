public import PostgresClient
import Synchronization

/// Shares one LISTEN connection among all who wait. A signal says only "look again": it may come without cause (a first one
/// at once, one after each reconnection), and several may be one.
public final class Wakeups: Sendable {
    private struct Waiter {
        let channel: String
        let payload: String?
        let continuation: AsyncStream<Void>.Continuation
    }

    private struct State {
        var nextID = 0
        var waiters: [Int: Waiter] = [:]
    }

    private let client: PostgresClient
    private let channels: [String]
    private let state = Mutex(State())

    /// - Parameter channels: All channels that anybody will wait on.
    public init(client: PostgresClient, channels: [String]) {
        self.client = client
        self.channels = [EventStore.channel, JobQueue.channel] + channels
    }

    /// Passes notifications on until cancelled.
    public func run() async {
        for await notification in client.notifications(on: channels) {
            let waiting = state.withLock { state in
                state.waiters.values.filter {
                    notification.channel.isEmpty
                        || $0.channel == notification.channel && ($0.payload ?? notification.payload) == notification.payload
                }
            }
            for waiter in waiting { waiter.continuation.yield() }
        }
    }

    /// Signals on a channel, only those with `payload` unless it is nil; the first comes at once, and another after each
    /// `interval` at the latest.
    public func signals(
        on channel: String, payload: String? = nil, atLeastEvery interval: Duration? = nil
    ) -> AsyncStream<Void> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let id = state.withLock { state in
                state.nextID += 1
                state.waiters[state.nextID] = Waiter(channel: channel, payload: payload, continuation: continuation)
                return state.nextID
            }
            let clock = interval.map { interval in
                Task {
                    while !Task.isCancelled {
                        try await Task.sleep(for: interval)
                        continuation.yield()
                    }
                }
            }
            continuation.onTermination = { [weak self] _ in
                clock?.cancel()
                _ = self?.state.withLock { $0.waiters.removeValue(forKey: id) }
            }
            continuation.yield()
        }
    }
}
