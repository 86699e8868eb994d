/// Text from a request as a message may show it: quoted, visible ASCII only, and short, whatever was sent.
struct ShownInput: CustomStringConvertible {
    let description: String

    init(_ text: String) {
        var shown = ""
        for scalar in text.unicodeScalars.prefix(60) {
            switch scalar.value {
            case 0x22, 0x5C: shown += "\\\(scalar)"
            case 0x20...0x7E: shown.unicodeScalars.append(scalar)
            default: shown += "\\u{" + String(scalar.value, radix: 16) + "}"
            }
        }
        let isCut = text.unicodeScalars.dropFirst(60).first != nil
        description = "\"" + shown + (isCut ? "..." : "") + "\""
    }
}
