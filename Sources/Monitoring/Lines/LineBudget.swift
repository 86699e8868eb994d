/// How many lines of one writer are kept: a token bucket over the seconds that the lines themselves carry, so that what is kept
/// depends only on what was written, not on when it is read. A backlog is taken in whole after the platform was away.
struct LineBudget: Codable, Hashable, Sendable {
    /// The present second (Unix time); nil before the first line.
    private(set) var second: Int64?
    private(set) var tokens: Int = 0
    /// Lines dropped and not yet reported.
    private(set) var dropped = 0

    /// Goes on to a line's second and fills up.
    ///
    /// - Returns: How many lines were dropped in the seconds that ended, 0 for none.
    mutating func advance(to second: Int64, rate: Int, burst: Int) -> Int {
        guard let current = self.second else {
            self.second = second
            tokens = burst
            return 0
        }
        // A clock that was set back by much begins anew; small steps back belong to the present second.
        guard second > current || second < current - 5 else { return 0 }
        let elapsed = min(max(second - current, 1), Int64(burst))
        tokens = min(burst, tokens + Int(elapsed) * rate)
        self.second = second
        return takeDropped()
    }

    /// Whether one more line may be kept.
    mutating func take() -> Bool {
        guard tokens > 0 else {
            dropped += 1
            return false
        }
        tokens -= 1
        return true
    }

    mutating func drop() {
        dropped += 1
    }

    mutating func takeDropped() -> Int {
        defer { dropped = 0 }
        return dropped
    }

    /// What a reader is told about lines that aren't there.
    static func notice(dropped: Int, rate: Int, writer: String) -> String {
        "\(dropped) lines dropped: the limit is \(rate) lines a second for a \(writer)"
    }
}
