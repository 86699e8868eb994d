/// The prepared statements of one connection, by their text. A text is prepared when it comes the second time: what is used once (a migration,
/// a statement with a name of its own) would only push out what is used often.
struct StatementCache {
    /// How to send a statement.
    enum Use: Equatable {
        /// Parse it for this once.
        case unnamed
        /// Prepare it under this name, then execute it.
        case prepare(name: String)
        /// It is prepared.
        case prepared(name: String)
    }

    private struct Entry {
        let name: String
        /// Who sent the preparation, until the server has confirmed it. Others must not count on it: it may be skipped after an error.
        var pendingFor: ObjectIdentifier?
        var lastUse: UInt64
    }

    private static let maximumTextLength = 16 << 10
    private static let maximumSeen = 1024
    private static let maximumEvicted = 64

    private let capacity: Int
    private var entries: [String: Entry] = [:]
    private var seen: Set<String> = []
    private var clock: UInt64 = 0
    /// Names that the server still knows and nobody uses any more.
    private var evicted: [String] = []

    init(capacity: Int = 256) {
        self.capacity = capacity
    }

    var hasEvicted: Bool { !evicted.isEmpty }

    mutating func use(_ text: String, for owner: ObjectIdentifier) -> Use {
        clock += 1
        if var entry = entries[text] {
            entry.lastUse = clock
            entries[text] = entry
            return entry.pendingFor == nil || entry.pendingFor == owner ? .prepared(name: entry.name) : .unnamed
        }
        guard text.utf8.count <= Self.maximumTextLength, evicted.count < Self.maximumEvicted else { return .unnamed }
        guard seen.contains(text) else {
            if seen.count >= Self.maximumSeen { seen.removeAll() }
            seen.insert(text)
            return .unnamed
        }
        if entries.count >= capacity, !evictOldest() { return .unnamed }
        seen.remove(text)
        let name = "s\(clock)"
        entries[text] = Entry(name: name, pendingFor: owner, lastUse: clock)
        return .prepare(name: name)
    }

    /// The server has prepared it.
    mutating func confirm(_ text: String) {
        entries[text]?.pendingFor = nil
    }

    /// The preparation failed, or was skipped after an error: the server doesn't know it.
    mutating func withdraw(_ text: String) {
        entries[text] = nil
    }

    /// The server may know it, but it must not be used any more.
    mutating func evict(_ text: String) {
        guard let entry = entries.removeValue(forKey: text) else { return }
        evicted.append(entry.name)
    }

    mutating func takeEvicted() -> [String] {
        defer { evicted = [] }
        return evicted
    }

    private mutating func evictOldest() -> Bool {
        let oldest = entries.lazy.filter { $0.value.pendingFor == nil }.min { $0.value.lastUse < $1.value.lastUse }
        guard let oldest else { return false }
        evict(oldest.key)
        return true
    }
}
