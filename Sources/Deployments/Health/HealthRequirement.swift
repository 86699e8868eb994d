import Resources

/// What counts as healthy for a service.
enum HealthRequirement: Hashable, Sendable {
    /// The path answers 2xx.
    case path(String)
    /// The port accepts connections.
    case port
    /// It runs: a worker that nobody connects to.
    case running

    /// For the hint of a failed check.
    var hint: String {
        switch self {
        case .path(let path): ", answer 2xx at \(path)"
        case .port, .running: ""
        }
    }
}

extension ServiceSettings {
    var healthRequirement: HealthRequirement {
        if let healthcheckPath { return .path(healthcheckPath) }
        return isPublic ? .port : .running
    }
}
