public import Resources

/// Whose lines are asked for.
public enum LogScope: Hashable, Sendable {
    case deployment(Deployment.ID)
    /// All deployments of a service in an environment.
    case service(Service.ID, in: Environment.ID)

    /// What new lines are announced under.
    var topic: String {
        switch self {
        case .deployment(let id): "deployment/\(id)"
        case .service(let id, let environment): "service/\(id)/\(environment)"
        }
    }
}
