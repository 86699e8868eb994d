/// A user's Dockerfile, as far as has to be known before it is built: which images it takes, which build arguments and secrets
/// it asks for, and that it asks for nothing outside of its own build.
struct Dockerfile: Hashable, Sendable {
    struct Instruction: Hashable, Sendable {
        /// Upper case.
        var keyword: String
        /// What follows, continued lines joined.
        var arguments: String
        /// The lines it stands on, counted from 0.
        var lineNumbers: ClosedRange<Int>
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
        var start = 0
        for (number, line) in lines.enumerated() {
            let content = line.trimmed
            if content.isEmpty && pending.isEmpty || content.hasPrefix("#") { continue }
            if pending.isEmpty { start = number }
            if content.hasSuffix("\\"), number < lines.count - 1 {
                pending += content.dropLast() + " "
                continue
            }
            if let instruction = Self.instruction(pending + content, at: start...number) { instructions.append(instruction) }
            pending = ""
        }
        if let instruction = Self.instruction(pending, at: start...(lines.count - 1)) { instructions.append(instruction) }
        self.instructions = instructions
        let hasHereDocument = instructions.contains { $0.arguments.contains("<<") }
        suspects = hasHereDocument ? lines.enumerated().compactMap { Self.instruction($1.trimmed, at: $0...$0) } : []
    }

    private static func instruction(_ text: String, at lineNumbers: ClosedRange<Int>) -> Instruction? {
        let parts = text.trimmed.split(maxSplits: 1, whereSeparator: \.isWhitespace)
        guard let keyword = parts.first else { return nil }
        return Instruction(keyword: keyword.uppercased(), arguments: parts.count > 1 ? parts[1].trimmed : "", lineNumbers: lineNumbers)
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

    /// The text with labels set in every stage, so that also its intermediate images say whose they are, and with other names
    /// for the images that it takes, so that the containers that are made from them do.
    /// - Parameters:
    ///   - bases: the images of FROM instructions, by their first line; stages that stand on other stages aren't among them.
    ///   - aliases: the other names of images.
    func rewritten(labels: [String: String], bases: [Int: String], aliases: [String: String]) -> String {
        let label = "LABEL " + labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\($0.value)\"" }.joined(separator: " ")
        var lines = lines
        for instruction in instructions {
            let numbers = instruction.lineNumbers
            switch instruction.keyword {
            case "FROM":
                lines[numbers.upperBound] += "\n" + label
                guard let base = bases[numbers.lowerBound], let alias = aliases[base] else { continue }
                let words = instruction.arguments.split(whereSeparator: \.isWhitespace)
                let flags = words.prefix { $0.hasPrefix("--") }
                let renamed = flags + [alias[...]] + words.dropFirst(flags.count + 1)
                for number in numbers { lines[number] = "" }
                lines[numbers.lowerBound] = "FROM " + renamed.joined(separator: " ") + "\n" + label
            case "COPY":
                for flag in instruction.flags.flags where flag.name == "from" {
                    guard let alias = aliases[flag.value] else { continue }
                    for number in numbers {
                        lines[number] = lines[number].replacing("--from=\(flag.value) ", with: "--from=\(alias) ")
                    }
                }
            default: break
            }
        }
        return lines.joined(separator: "\n") + "\n"
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
