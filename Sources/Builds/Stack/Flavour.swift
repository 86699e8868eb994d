/// One base image of the stack. Run flavours hold what an application needs to run; build flavours add compilers and package
/// managers for the install step. Each is a layer over its parent, so that all share the common base.
public enum Flavour: String, CaseIterable, Hashable, Sendable {
    /// Debian without documentation, with certificates and time zones.
    case base
    case python
    case pythonBuild = "python-build"
    case node
    case nodeBuild = "node-build"
    case go
    /// A web server for static sites.
    case staticSite = "static"
    case shell

    var parent: Flavour? {
        switch self {
        case .base: nil
        case .python, .node, .go, .staticSite, .shell: .base
        case .pythonBuild: .python
        case .nodeBuild: .node
        }
    }

    /// Debian packages on top of the parent's.
    var packages: [String] {
        switch self {
        case .base: ["ca-certificates", "tzdata"]
        case .python: ["libpq5", "python3", "python3-pip", "python3-venv", "python-is-python3"]
        case .pythonBuild: ["g++", "gcc", "git", "libc6-dev", "libffi-dev", "libpq-dev", "make", "pkg-config", "python3-dev"]
        case .node: ["nodejs", "npm"]
        case .nodeBuild: ["g++", "gcc", "git", "libc6-dev", "make", "pkg-config", "python3"]
        case .go: ["gcc", "git", "golang-go", "libc6-dev"]
        case .staticSite: ["caddy"]
        case .shell: ["busybox", "curl"]
        }
    }

    /// What the flavour holds, for people: the versions are those of Debian 13.
    var runtime: String {
        switch self {
        case .base: "Debian 13"
        case .python, .pythonBuild: "Python 3.13"
        case .node, .nodeBuild: "Node 20"
        case .go: "Go 1.24"
        case .staticSite: "a static file server"
        case .shell: "bash"
        }
    }

    /// The version that a source can ask for, and is told when it asks for another.
    var version: String? {
        switch self {
        case .python, .pythonBuild: "3.13"
        case .node, .nodeBuild: "20"
        case .go: "1.24"
        case .base, .staticSite, .shell: nil
        }
    }
}
