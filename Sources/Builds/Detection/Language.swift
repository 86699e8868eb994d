/// What detection can recognise.
public enum Language: String, CaseIterable, Hashable, Sendable {
    case go
    case python
    case node
    case staticSite = "static"
    case shell

    /// The image that its applications run in.
    var runFlavour: Flavour {
        switch self {
        case .go: .base
        case .python: .python
        case .node: .node
        case .staticSite: .staticSite
        case .shell: .shell
        }
    }

    /// The image that its dependencies are installed and its programs are compiled in.
    var buildFlavour: Flavour {
        switch self {
        case .go: .go
        case .python: .pythonBuild
        case .node: .nodeBuild
        case .staticSite: .staticSite
        case .shell: .shell
        }
    }

    /// The language that a start command's program belongs to, when that says it.
    init?(program: String) {
        switch program {
        case "python", "python3", "gunicorn", "uvicorn", "hypercorn", "daphne", "waitress-serve", "flask", "fastapi", "streamlit", "celery":
            self = .python
        case "node", "npm", "npx", "yarn", "pnpm", "next": self = .node
        case "caddy": self = .staticSite
        default: return nil
        }
    }
}
