/// How a source is built and started. Made by ``Detection`` from the source's files alone.
public enum Plan: Hashable, Sendable {
    /// By a Dockerfile at this path below the root directory.
    case dockerfile(path: String, hints: DeployHints, reasons: [String])
    case language(LanguagePlan)

    /// What was decided, for people, in one line.
    public var summary: String {
        switch self {
        case .dockerfile(let path, let hints, _):
            "built by \(path)" + (hints.startCommand.map { ", starts with: \($0)" } ?? "")
        case .language(let plan): plan.summary
        }
    }

    /// Why, one line for each choice.
    public var reasons: [String] {
        switch self {
        case .dockerfile(_, _, let reasons): reasons
        case .language(let plan): plan.reasons
        }
    }

    public var hints: DeployHints {
        switch self {
        case .dockerfile(_, let hints, _): hints
        case .language(let plan): plan.hints
        }
    }
}
