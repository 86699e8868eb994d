import Kernel

/// Names and values of variables, as a process's environment can hold them.
enum VariableNames {
    static let maximumLength = 256
    static let maximumValueBytes = 65_536

    /// `[A-Za-z_][A-Za-z0-9_]*`
    static func isValid(_ name: Substring) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= maximumLength, !isDigit(first) else { return false }
        return name.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") }
    }

    /// - Throws: `VARIABLE_NAME_INVALID`.
    static func validate(_ name: String) throws {
        guard !isValid(name[...]) else { return }
        throw SwitchyardError(
            .invalid, code: "VARIABLE_NAME_INVALID", "\(ShownInput(name)) cannot be a variable's name",
            hint: "use at most \(maximumLength) of A-Z, a-z, 0-9 and _, beginning with a letter or _")
    }

    /// - Throws: `VALUE_TOO_LARGE`, `VALUE_INVALID`. The message never holds the value.
    static func validate(value: String, of name: String) throws {
        guard value.utf8.count <= maximumValueBytes else {
            throw SwitchyardError(
                .tooLarge, code: "VALUE_TOO_LARGE", "the value of \(name) is larger than \(maximumValueBytes / 1024) KiB",
                hint: "keep large data in a file or a volume")
        }
        guard !value.utf8.contains(0) else {
            throw SwitchyardError(
                .invalid, code: "VALUE_INVALID", "the value of \(name) has a NUL in it, which no process's environment can hold",
                hint: "encode binary data, for example in base64")
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
