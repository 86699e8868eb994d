/// Which statements may leave something in the session that outlives their transaction: a setting, a role, a lock, a temporary table. To undo
/// all of that costs as much as a small transaction, so it is done after those only that may have left any.
///
/// What a function in the database does behind a statement is not seen.
struct SessionTraces {
    private static let harmlessBeginnings: Set<Substring> = [
        "select", "insert", "update", "delete", "merge", "with", "values", "savepoint", "release", "lock", "notify",
    ]
    private static let suspiciousParts = ["advisory_lock", "temp", " hold", "false"]
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
        let settings = text.ranges(of: "set_config(").count
        guard settings > 0 else { return suspiciousParts.dropLast().contains { text.contains($0) } }
        // Its third argument says whether the setting ends with the transaction.
        return text.ranges(of: ", true)").count < settings || suspiciousParts.contains { text.contains($0) }
    }
}
