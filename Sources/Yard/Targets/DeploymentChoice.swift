import Resources

/// Which deployment a command is about.
enum DeploymentChoice {
    static func id(_ text: String) throws(YardError) -> Deployment.ID {
        guard let id = Deployment.ID(text) else {
            throw .usage("not a deployment's id: \(text)", hint: "`yard deployment list` shows them.")
        }
        return id
    }

    /// The one that the user named, or else the active or newest one.
    static func named(_ text: String?, of target: ServiceTarget, _ client: YardClient) async throws -> Deployment.ID {
        if let text { return try id(text) }
        let entry = try await client.entry(target)
        guard let deployment = entry.active ?? entry.latest else { throw none(of: target) }
        return deployment.id
    }

    /// The active one.
    static func active(of target: ServiceTarget, _ client: YardClient) async throws -> Deployment {
        let entry = try await client.entry(target)
        guard let deployment = entry.active else {
            throw YardError(
                .notFound, code: "NO_ACTIVE_DEPLOYMENT", "nothing of \(target.service) is running in \(target.environment)",
                hint: entry.latest == nil ? "Deploy it with `yard up`." : "Start it again with `yard redeploy`.")
        }
        return deployment
    }

    /// The newest one before the active one that has been live and can be live again.
    static func previous(of target: ServiceTarget, _ client: YardClient) async throws -> Deployment.ID {
        let deployments = try await client.deployments(target, limit: 200)
        let active = deployments.first { $0.isActive }
        let candidate = deployments.first { deployment in
            !deployment.isActive && deployment.image != nil && [.success, .removing, .removed].contains(deployment.status)
                && (active.map { deployment.id < $0.id } ?? true)
        }
        guard let candidate else {
            throw YardError(
                .notFound, code: "NO_EARLIER_DEPLOYMENT", "\(target.service) has no earlier deployment to go back to",
                hint: "`yard deployment list` shows them all.")
        }
        return candidate.id
    }

    static func none(of target: ServiceTarget) -> YardError {
        YardError(
            .notFound, code: "NO_DEPLOYMENT", "\(target.service) was never deployed to \(target.environment)",
            hint: "Deploy it with `yard up`.")
    }
}
