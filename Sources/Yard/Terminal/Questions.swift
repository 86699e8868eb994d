/// Asks the person at the terminal.
struct Questions: Sendable {
    let surroundings: Surroundings

    /// Whether to go on with something that cannot be undone.
    ///
    /// - Throws: ``YardError`` when nobody is there to answer.
    func confirm(_ question: String, flag: String) throws(YardError) -> Bool {
        guard surroundings.isInteractive else {
            throw .usage("\(question) Nobody is there to answer", hint: "Say yes with \(flag).")
        }
        surroundings.console.write("\(question) [y/N] ", to: .error)
        let answer = surroundings.input.readLine()?.lowercased() ?? ""
        return answer == "y" || answer == "yes"
    }

    /// One of several things, by its number or name. The only one is taken without a question.
    ///
    /// - Parameter flag: what would have answered, for when nobody is there.
    func choose<Item>(_ what: String, from items: [Item], name: (Item) -> String, flag: String) throws(YardError) -> Item {
        if items.count == 1, let only = items.first { return only }
        guard surroundings.isInteractive, !items.isEmpty else {
            throw .usage("which \(what)? There are: \(items.map(name).joined(separator: ", "))", hint: "Say it with \(flag).")
        }
        let list = items.enumerated().map { "  \($0.offset + 1)  \(TerminalText.safe(name($0.element)))\n" }.joined()
        while true {
            surroundings.console.write("Which \(what)?\n\(list)> ", to: .error)
            guard let answer = surroundings.input.readLine() else {
                throw YardError(.interrupted, code: "INTERRUPTED", "no \(what) was chosen")
            }
            if let number = Int(answer), items.indices.contains(number - 1) { return items[number - 1] }
            if let item = items.first(where: { name($0) == answer }) { return item }
        }
    }
}
