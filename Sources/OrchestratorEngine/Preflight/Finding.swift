/// One thing that was looked at.
public struct Finding: Hashable, Sendable {
    public enum Severity: String, Comparable, CaseIterable, Sendable {
        case good
        /// Good to know.
        case note
        /// It works, but worse than it could.
        case warning
        /// It can't work.
        case error

        public static func < (left: Severity, right: Severity) -> Bool {
            allCases.firstIndex(of: left) ?? 0 < allCases.firstIndex(of: right) ?? 0
        }
    }

    public var severity: Severity
    /// Stable, for scripts.
    public var code: String
    /// What is so.
    public var message: String
    /// How to mend it.
    public var remedy: String?

    public init(_ severity: Severity, _ code: String, _ message: String, remedy: String? = nil) {
        self.severity = severity
        self.code = code
        self.message = message
        self.remedy = remedy
    }
}
