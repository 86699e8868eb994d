/// Which statements may leave something in the session that outlives their transaction: a setting, a role, a lock, a temporary table. To undo
/// all of that costs as much as a small transaction, so it is done after those only that may have left any.
///
/// What a function in the database does behind a statement is not seen.
struct SessionTraces {
    private static let harmlessBeginnings: Set<Substring> = [
        "select", "insert", "update", "delete", "merge", "with", "values", "savepoint", "release", "lock", "notify",
    ]
    private static let maximumKnown = 1024

    private var known: [String: Bool] = [:]

    mutating func mayBeLeft(by text: String) -> Bool {
        if let answer = known[text] { return answer }
        if known.count >= Self.maximumKnown { known = [:] }
        let answer = Self.judge(text)
        known[text] = answer
        return answer
    }

    private static func judge(_ text: String) -> Bool {
        let text = text.lowercased()
        let words = text.split(maxSplits: 2, whereSeparator: \.isWhitespace)
        guard let first = words.first else { return false }
        if first == "set", words.count > 1, words[1] == "local" { return false }
        guard harmlessBeginnings.contains(first) else { return true }
        // Locks of the session (those of the transaction have "xact" in their names), and temporary tables.
        if text.contains("advisory_lock") || text.contains("temp") { return true }
        // The third argument says whether the setting ends with the transaction.
        let settings = text.ranges(of: "set_config(").count
        return settings > 0 && (text.ranges(of: ", true)").count < settings || text.contains("false"))
    }
}
