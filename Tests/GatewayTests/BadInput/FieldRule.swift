import FoundationEssentials
import Resources

/// What one field of a request's body takes, and how it refuses the rest. The families that aren't named are refused.
struct FieldRule: Sendable {
    /// How bad text is put into the field: alone, or as a part of what would be right without it.
    struct Place: Sendable {
        let before: String
        let after: String
        /// The families that are right here, and come back byte for byte.
        let legitimate: Set<String>
    }

    /// The name of an operation, and the path of a field as ``FieldProbe`` has it.
    let operation: String
    let field: String
    let code: String
    /// Codes of single families, where they differ from ``code``.
    var codes: [String: String] = [:]
    var places: [Place]
    /// The families that give the default again.
    var resets: Set<String> = []
    /// Nil where no text can be right.
    var readBack: (@Sendable (Answer) throws -> String?)?
    /// The body with the field's JSON value in it.
    let body: @Sendable (String) -> String

    init(
        _ operation: String, _ field: String, _ code: String, legitimate: Set<String> = [], embedded: [Place] = [],
        codes: [String: String] = [:], resets: Set<String> = [], readBack: (@Sendable (Answer) throws -> String?)? = nil,
        body: (@Sendable (String) -> String)? = nil
    ) {
        self.operation = operation
        self.field = field
        self.code = code
        self.codes = codes
        self.resets = resets
        self.readBack = readBack
        places = [Place(before: "", after: "", legitimate: legitimate)] + embedded
        self.body = body ?? { "{\"\(field)\":\($0)}" }
    }

    /// The status and code that a family is refused with.
    func refusal(of family: String) -> (status: Int, code: String) {
        switch family {
        case "huge": return (413, "BODY_TOO_LARGE")
        // Refused for every field at once.
        case "NUL": return (400, "BODY_INVALID")
        default:
            let code = codes[family] ?? code
            return (code == "VALUE_TOO_LARGE" ? 413 : 400, code)
        }
    }
}

extension FieldRule.Place {
    static func within(_ before: String, _ after: String = "", legitimate: Set<String> = []) -> Self {
        Self(before: before, after: after, legitimate: legitimate)
    }
}
