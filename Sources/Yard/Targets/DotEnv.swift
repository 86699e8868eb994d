/// Variables as text: `NAME=value` lines, as `.env` files have them.
enum DotEnv {
    /// Comments, blank lines and a leading `export` are allowed. A value in single quotes is taken as it is, one in double quotes
    /// may have escapes (`\n`, `\t`, `\"`, `\\`, `\$`); both may go over several lines.
    static func parse(_ text: String) throws(YardError) -> [String: String] {
        var values: [String: String] = [:]
        var rest = Substring(text)
        var lineNumber = 0
        while !rest.isEmpty {
            lineNumber += 1
            let line = rest.prefix { !$0.isNewline }
            guard let content = line.firstIndex(where: { !$0.isWhitespace }), line[content] != "#" else {
                rest = rest[line.endIndex...].dropFirst()
                continue
            }
            guard let sign = line.firstIndex(of: "=") else {
                throw .usage("line \(lineNumber) of standard input is not NAME=value", hint: "Such as PORT=8080.")
            }
            var name = line[content..<sign]
            if name.hasPrefix("export ") { name = name.dropFirst("export ".count) }
            var value = rest[line.index(after: sign)...].drop { $0 == " " || $0 == "\t" }
            let key = String(name.filter { !$0.isWhitespace })
            if let quote = value.first, quote == "\"" || quote == "'" {
                value.removeFirst()
                let (parsed, lines) = try quoted(&value, quote: quote, line: lineNumber)
                values[key] = parsed
                lineNumber += lines
                rest = value.drop { !$0.isNewline }.dropFirst()
            } else {
                values[key] = plain(value.prefix { !$0.isNewline })
                rest = rest[line.endIndex...].dropFirst()
            }
        }
        return values
    }

    /// One line that ``parse(_:)`` reads again as the same.
    static func line(_ name: String, _ value: String) -> String {
        let plain = value.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-./:@%+,=".contains($0)) }
        if plain { return "\(name)=\(value)" }
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\n": escaped += "\\n"
            case "\t": escaped += "\\t"
            case "\r": escaped += "\\r"
            case "\"", "\\", "$": escaped += "\\\(scalar)"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return "\(name)=\"\(escaped)\""
    }

    /// Up to a comment, without the spaces around.
    private static func plain(_ text: Substring) -> String {
        var value = text
        if let comment = value.indices.first(where: {
            value[$0] == "#" && $0 > value.startIndex && value[value.index(before: $0)].isWhitespace
        }) {
            value = value[..<comment]
        }
        while value.last?.isWhitespace == true { value.removeLast() }
        return String(value)
    }

    private static func quoted(
        _ rest: inout Substring, quote: Character, line: Int
    ) throws(YardError) -> (value: String, lines: Int) {
        var value = ""
        var lines = 0
        while let character = rest.popFirst() {
            if character == quote { return (value, lines) }
            if character.isNewline { lines += 1 }
            guard character == "\\", quote == "\"", let escaped = rest.popFirst() else {
                value.append(character)
                continue
            }
            switch escaped {
            case "n": value.append("\n")
            case "t": value.append("\t")
            case "r": value.append("\r")
            case "\"", "\\", "$": value.append(escaped)
            default: value += "\\\(escaped)"
            }
        }
        throw .usage("the quote that opens in line \(line) of standard input has no end", hint: "Close it with \(quote).")
    }
}
