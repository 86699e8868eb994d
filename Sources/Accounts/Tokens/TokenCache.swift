import FoundationEssentials
import Synchronization

/// Tokens that were verified a short while ago, by their hash. It holds two generations: when the young one is full it becomes
/// the old one, and the old one is forgotten. So it is bounded, and those in use stay.
final class TokenCache: Sendable {
    private struct Entry {
        let authenticated: Authenticated
        let end: ContinuousClock.Instant
        let expiresAt: Date?

        var isValid: Bool {
            ContinuousClock.now < end && expiresAt.map { Date() < $0 } ?? true
        }
    }

    private struct State {
        var young: [[UInt8]: Entry] = [:]
        var old: [[UInt8]: Entry] = [:]
        var epoch = 0
    }

    private let state = Mutex(State())
    private let generationSize: Int
    private let timeToLive: Duration

    init(capacity: Int, timeToLive: Duration) {
        generationSize = max(1, capacity / 2)
        self.timeToLive = timeToLive
    }

    /// Counts the revocations heard of: to be read before a token is looked up, and handed to ``insert(_:for:expiresAt:epoch:)``.
    var epoch: Int {
        state.withLock(\.epoch)
    }

    func find(_ hash: [UInt8]) -> Authenticated? {
        state.withLock { state in
            if let entry = state.young[hash] { return entry.isValid ? entry.authenticated : nil }
            guard let entry = state.old[hash], entry.isValid else { return nil }
            Self.insert(entry, for: hash, generationSize, &state)
            return entry.authenticated
        }
    }

    /// Keeps a verified token, unless one was revoked since `epoch` was read: it may have been this one.
    func insert(_ authenticated: Authenticated, for hash: [UInt8], expiresAt: Date?, epoch: Int) {
        let entry = Entry(authenticated: authenticated, end: .now + timeToLive, expiresAt: expiresAt)
        state.withLock { state in
            guard state.epoch == epoch else { return }
            Self.insert(entry, for: hash, generationSize, &state)
        }
    }

    func clear() {
        state.withLock { state in
            state = State(epoch: state.epoch + 1)
        }
    }

    /// How many tokens it holds.
    var count: Int {
        state.withLock { $0.young.count + $0.old.count }
    }

    private static func insert(_ entry: Entry, for hash: [UInt8], _ generationSize: Int, _ state: inout State) {
        if state.young.count >= generationSize, state.young[hash] == nil {
            state.old = state.young
            state.young = [:]
        }
        state.young[hash] = entry
    }
}
