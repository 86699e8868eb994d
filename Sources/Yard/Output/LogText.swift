import Resources

/// A log line for people.
enum LogText {
    /// Time and, for a replica's line, its index, then what was written; coloured by level.
    static func line(_ line: LogLine, console: Console) -> String {
        let style = console.style(.output)
        let text = console.outputIsTerminal ? TerminalText.safe(line.text) : line.text
        let source = line.replica.map { " [\($0)]" } ?? ""
        let coloured =
            switch line.level {
            case .error: style.red(text)
            case .warn: style.yellow(text)
            case .debug: style.dim(text)
            case .info: text
            }
        return style.dim(Measures.clock(line.time) + source) + " " + coloured
    }
}
