/// Actions in the order of the times at which they are due.
struct TimerQueue {
    struct ID: Hashable {
        fileprivate let number: UInt64
    }

    private struct Entry {
        let id: ID
        let time: ContinuousClock.Instant
        let action: () -> Void
    }

    private var entries: [Entry] = []
    private var nextNumber: UInt64 = 0

    mutating func add(at time: ContinuousClock.Instant, _ action: @escaping () -> Void) -> ID {
        nextNumber += 1
        let id = ID(number: nextNumber)
        let place = (entries.lastIndex { $0.time <= time }).map { $0 + 1 } ?? 0
        entries.insert(Entry(id: id, time: time, action: action), at: place)
        return id
    }

    mutating func remove(_ id: ID) {
        entries.removeAll { $0.id == id }
    }

    mutating func takeDue(at now: ContinuousClock.Instant) -> [() -> Void] {
        guard let first = entries.first, first.time <= now else { return [] }
        let due = entries.prefix { $0.time <= now }
        entries.removeFirst(due.count)
        return due.map(\.action)
    }

    /// -1: no timer. Rounded up, so that the timer is due when the wait ends.
    func millisecondsToNext(from now: ContinuousClock.Instant) -> Int32 {
        guard let first = entries.first else { return -1 }
        let (seconds, attoseconds) = (first.time - now).components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        return Int32(min(seconds, 3600) * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
    }
}
