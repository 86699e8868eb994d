import Resources

/// Prints what a command has to say: as text for people, or as JSON for programs.
struct Output: Sendable {
    let console: Console
    let isJSON: Bool

    var style: Style { console.style(.output) }

    /// A result: the value as JSON, or else the text.
    func show(_ value: some Encodable, text: () -> String) throws {
        if isJSON {
            console.write(try JSONCoding.text(of: value) + "\n", to: .output)
        } else {
            line(text())
        }
    }

    /// A line of the result, for people only.
    func line(_ text: String) {
        guard !isJSON, !text.isEmpty else { return }
        console.write(text + "\n", to: .output)
    }

    /// Something to know that isn't part of the result; not with `--json`.
    func note(_ text: String) {
        guard !isJSON else { return }
        console.write(console.style(.error).dim(text) + "\n", to: .error)
    }

    /// Something to worry about; not with `--json`.
    func warn(_ text: String) {
        guard !isJSON else { return }
        console.write(console.style(.error).yellow("warning: ") + TerminalText.safe(text) + "\n", to: .error)
    }

    func show(_ error: YardError) {
        if isJSON, let text = try? JSONCoding.text(of: error.problem) {
            console.write(text + "\n", to: .error)
            return
        }
        let style = console.style(.error)
        var text = style.red("error: ") + TerminalText.safe(error.problem.message) + "\n"
        if let hint = error.problem.hint { text += "  " + style.cyan("→ ") + TerminalText.safe(hint) + "\n" }
        if let request = error.problem.requestId { text += "  " + style.dim("code \(error.problem.code), request \(request)") + "\n" }
        console.write(text, to: .error)
    }
}
