/// Writes the few shapes of JSON that tests send, with every character escaped that has to be.
enum JSON {
    static func text(_ value: Any) throws -> String {
        switch value {
        case let text as String: quoted(text)
        case let object as [String: Any]:
            try "{" + object.map { "\(quoted($0.key)):\(try text($0.value))" }.joined(separator: ",") + "}"
        default: "\(value)"
        }
    }

    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
