public import Resources

/// What a service throws. Interfaces map it in one place: the kind to a status, the rest to a ``Problem``.
public struct SwitchyardError: Error, Sendable, CustomStringConvertible {
    /// What sort of failure this is; each has one HTTP status.
    public enum Kind: String, Sendable, CaseIterable {
        /// The request is wrong in itself (400).
        case invalid
        /// Nobody is logged in (401).
        case unauthenticated
        /// The caller may not do this (403).
        case forbidden
        /// There is no such thing, or not for this caller (404).
        case notFound
        /// It doesn't fit the present state (409).
        case conflict
        /// The request is too large (413).
        case tooLarge
        /// Too many requests (429).
        case limited
        /// Our own fault (500).
        case internalFault
        /// A part is away for now; trying again helps (503).
        case unavailable
        /// It took too long (504).
        case timeout
    }

    public let kind: Kind
    /// Stable, for scripts: upper case with underscores.
    public let code: String
    /// What was wrong, and where.
    public let message: String
    /// What to do next.
    public let hint: String?
    /// What led to it: for our log, never shown.
    public let cause: (any Error)?

    public init(_ kind: Kind, code: String, _ message: String, hint: String? = nil, cause: (any Error)? = nil) {
        self.kind = kind
        self.code = code
        self.message = message
        self.hint = hint
        self.cause = cause
    }

    public var problem: Problem {
        Problem(code: code, message: message, hint: hint)
    }

    public var description: String {
        let reason = cause.map { " (\($0))" } ?? ""
        return "\(code): \(message)\(reason)"
    }

    /// The usual answer to an id that isn't there, or belongs to another workspace: the two look the same.
    public static func notFound(_ noun: String, _ id: some CustomStringConvertible) -> Self {
        let code = noun.uppercased().replacing(" ", with: "_") + "_NOT_FOUND"
        return Self(.notFound, code: code, "there is no \(noun) \(id)", hint: "list what there is, and check the id")
    }
}
