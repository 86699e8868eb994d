import Kernel

/// Commands that users give to be run in their own containers: any text of one line.
enum Commands {
    static let maximumBytes = 4096

    /// - Throws: `COMMAND_INVALID`.
    static func validate(_ command: String, of noun: String) throws {
        guard command.utf8.count <= maximumBytes else {
            throw invalid(noun, "is longer than \(maximumBytes) bytes", hint: "put it into a script in the source, and run that")
        }
        guard command.unicodeScalars.allSatisfy(isAllowed) else {
            throw invalid(
                noun, "has a line break, a NUL or another invisible character", hint: "write it in one line, with && between steps")
        }
        guard let first = command.unicodeScalars.first(where: { $0 != " " }) else {
            throw invalid(noun, "is blank", hint: "write a command, or an empty text for the default")
        }
        guard first != "-" else { throw invalid(noun, "begins with a hyphen", hint: "begin with the program's name") }
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control: scalar == "\t"
        // Directions and zero-width characters make a command look like another one.
        case .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate: false
        default: true
        }
    }

    private static func invalid(_ noun: String, _ fault: String, hint: String) -> SwitchyardError {
        SwitchyardError(.invalid, code: "COMMAND_INVALID", "the \(noun) \(fault)", hint: hint)
    }
}
