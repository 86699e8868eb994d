/// The variables of a Dockerfile, and how they are put in for `$NAME` and `${NAME}`.
struct DockerfileVariables: Hashable, Sendable {
    private var values: [String: String]

    init(_ values: [String: String] = [:]) {
        self.values = values
    }

    /// Takes over what `ARG` declares: the value from outside, else its default.
    mutating func declare(_ arguments: String, given: [String: String]) {
        for word in arguments.split(whereSeparator: \.isWhitespace) {
            let pair = word.split(separator: "=", maxSplits: 1)
            guard let name = pair.first.map(String.init) else { continue }
            if let value = given[name] {
                values[name] = value
            } else if pair.count > 1 {
                values[name] = expand(Self.unquoted(pair[1]))
            }
        }
    }

    /// Nil when the text uses a form that isn't understood: then nobody can say what it means, and it is refused.
    func expand(_ text: String) -> String? {
        var result = ""
        var rest = text[...]
        while let character = rest.popFirst() {
            switch character {
            case "\\", "\"", "'": return nil
            case "$":
                guard let next = rest.first else { return nil }
                if next == "{" {
                    guard let end = rest.firstIndex(of: "}") else { return nil }
                    let body = rest[rest.index(after: rest.startIndex)..<end]
                    rest = rest[rest.index(after: end)...]
                    guard let value = value(of: body) else { return nil }
                    result += value
                } else {
                    let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "_" }
                    guard !name.isEmpty else { return nil }
                    rest = rest.dropFirst(name.count)
                    result += values[String(name)] ?? ""
                }
            default: result.append(character)
            }
        }
        return result
    }

    /// `NAME`, `NAME:-default`, `NAME-default` or `NAME:+other`.
    private func value(of body: Substring) -> String? {
        let name = body.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "_" }
        let operation = body.dropFirst(name.count)
        guard !name.isEmpty, !operation.contains("$") else { return nil }
        let value = values[String(name)]
        if operation.isEmpty { return value ?? "" }
        if operation.hasPrefix(":-") { return value?.isEmpty == false ? value : String(operation.dropFirst(2)) }
        if operation.hasPrefix(":+") { return value?.isEmpty == false ? String(operation.dropFirst(2)) : "" }
        return operation.hasPrefix("-") ? value ?? String(operation.dropFirst()) : nil
    }

    private static func unquoted(_ text: Substring) -> String {
        for quote in ["\"", "'"] where text.count >= 2 && text.hasPrefix(quote) && text.hasSuffix(quote) {
            return String(text.dropFirst().dropLast())
        }
        return String(text)
    }
}
