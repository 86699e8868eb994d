/// Text that others wrote, made safe for a terminal: it keeps colours, and loses every other control sequence, with which a
/// log line could move the cursor, set the clipboard or hide what came before.
enum TerminalText {
    static func safe(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 32 || $0 == 127 || $0 == 0xC2 }) else { return text }
        var result = ""
        var scalars = text.unicodeScalars[...]
        var hasColour = false
        while let scalar = scalars.popFirst() {
            switch scalar {
            case "\u{1B}":
                guard let colour = sequence(&scalars) else { continue }
                result += "\u{1B}[\(colour)m"
                hasColour = true
            case "\t":
                result.unicodeScalars.append(scalar)
            case _ where scalar.value < 32 || (127...159).contains(scalar.value):
                continue
            default:
                result.unicodeScalars.append(scalar)
            }
        }
        return hasColour ? result + "\u{1B}[0m" : result
    }

    /// Reads what follows an escape character. Returns the parameters of a colour (`[` parameters `m`); of all else, which it
    /// reads over as well, nil.
    private static func sequence(_ scalars: inout Substring.UnicodeScalarView) -> String? {
        guard let kind = scalars.popFirst() else { return nil }
        var parameters = ""
        switch kind {
        case "[":
            while let scalar = scalars.popFirst() {
                if (0x40...0x7E).contains(scalar.value) { return scalar == "m" ? parameters : nil }
                guard ("0"..."9").contains(scalar) || scalar == ";" || scalar == ":" else {
                    parameters = ""
                    continue
                }
                parameters.unicodeScalars.append(scalar)
            }
            return nil
        case "]", "P", "X", "^", "_":
            // A string: it ends with BEL, or with ESC and a backslash.
            while let scalar = scalars.popFirst() {
                if scalar == "\u{7}" { return nil }
                if scalar == "\u{1B}" {
                    _ = scalars.popFirst()
                    return nil
                }
            }
            return nil
        default:
            return nil
        }
    }
}
