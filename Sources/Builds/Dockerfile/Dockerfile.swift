/// A user's Dockerfile, as far as has to be known before it is built: which images it takes, which build arguments and secrets
/// it asks for, and that it asks for nothing outside of its own build.
struct Dockerfile: Hashable, Sendable {
    struct Instruction: Hashable, Sendable {
        /// Upper case.
        var keyword: String
        /// What follows, continued lines joined.
        var arguments: String
        /// Counts from 0.
        var lastLine: Int
    }

    let lines: [String]
    let instructions: [Instruction]
    /// Newer builders read the text of a here-document as data, older ones as instructions. Where there is one, every line
    /// that could be an instruction is judged as one, so that neither reading hides anything.
    let suspects: [Instruction]

    init(_ text: String) {
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.hasSuffix("\r") ? String($0.dropLast()) : String($0)
        }
        var instructions: [Instruction] = []
        var pending = ""
        for (number, line) in lines.enumerated() {
            let content = line.trimmed
            if content.isEmpty && pending.isEmpty || content.hasPrefix("#") { continue }
            if content.hasSuffix("\\"), number < lines.count - 1 {
                pending += content.dropLast() + " "
                continue
            }
            if let instruction = Self.instruction(pending + content, lastLine: number) { instructions.append(instruction) }
            pending = ""
        }
        if let instruction = Self.instruction(pending, lastLine: lines.count - 1) { instructions.append(instruction) }
        self.instructions = instructions
        let hasHereDocument = instructions.contains { $0.arguments.contains("<<") }
        suspects = hasHereDocument ? lines.enumerated().compactMap { Self.instruction($1.trimmed, lastLine: $0) } : []
    }

    private static func instruction(_ text: String, lastLine: Int) -> Instruction? {
        let parts = text.trimmed.split(maxSplits: 1, whereSeparator: \.isWhitespace)
        guard let keyword = parts.first else { return nil }
        return Instruction(keyword: keyword.uppercased(), arguments: parts.count > 1 ? parts[1].trimmed : "", lastLine: lastLine)
    }

    /// Names of `ARG` instructions.
    var declaredArguments: Set<String> {
        Set(
            instructions.filter { $0.keyword == "ARG" }.flatMap { $0.arguments.split(whereSeparator: \.isWhitespace) }
                .compactMap { $0.split(separator: "=").first.map(String.init) })
    }

    /// Names of secrets that `RUN --mount=type=secret` asks for.
    var secrets: Set<String> {
        var names: Set<String> = []
        for instruction in instructions where instruction.keyword == "RUN" {
            for flag in instruction.flags.flags where flag.name == "mount" {
                let options = flag.options
                if options["type"] == "secret", let name = options["id"] { names.insert(name) }
            }
        }
        return names
    }

    /// The text with labels set in every stage, so that also its intermediate images say whose they are.
    func labelled(_ labels: [String: String]) -> String {
        let text = "LABEL " + labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\($0.value)\"" }.joined(separator: " ")
        let ends = Set(instructions.filter { $0.keyword == "FROM" }.map(\.lastLine))
        return lines.enumerated().map { ends.contains($0) ? "\($1)\n\(text)" : $1 }.joined(separator: "\n") + "\n"
    }
}

extension Dockerfile.Instruction {
    struct Flag: Hashable, Sendable {
        /// Without the hyphens.
        var name: String
        var value: String

        /// `type=secret,id=token` taken apart; a word alone has the value `true`.
        var options: [String: String] {
            var options: [String: String] = [:]
            for part in value.split(separator: ",") {
                let pair = part.split(separator: "=", maxSplits: 1)
                if let name = pair.first { options[String(name).lowercased()] = pair.count > 1 ? String(pair[1]) : "true" }
            }
            return options
        }
    }

    /// The flags that the arguments begin with, and what follows them.
    var flags: (flags: [Flag], rest: String) {
        var rest = arguments[...]
        var flags: [Flag] = []
        while rest.hasPrefix("--") {
            let word = rest.prefix { !$0.isWhitespace }
            let pair = word.dropFirst(2).split(separator: "=", maxSplits: 1)
            flags.append(Flag(name: pair.first.map { $0.lowercased() } ?? "", value: pair.count > 1 ? String(pair[1]) : ""))
            rest = rest.dropFirst(word.count).drop(while: \.isWhitespace)
        }
        return (flags, String(rest))
    }
}
