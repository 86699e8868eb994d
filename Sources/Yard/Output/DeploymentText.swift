import Resources

/// How a deployment reads for people.
enum DeploymentText {
    static func status(_ status: DeploymentStatus, _ style: Style) -> String {
        switch status {
        case .success: style.green(status.rawValue)
        case .failed, .crashed: style.red(status.rawValue)
        case .queued, .building, .deploying, .removing: style.yellow(status.rawValue)
        case .skipped, .removed: style.dim(status.rawValue)
        }
    }

    /// What happens in a status: `Building`.
    static func step(_ status: DeploymentStatus) -> String {
        switch status {
        case .queued: "Waiting in the queue"
        case .building: "Building"
        case .deploying: "Starting and checking the new version"
        case .success: "Live"
        case .failed: "Failed"
        case .crashed: "Crashed"
        case .skipped: "Skipped"
        case .removing: "Removing"
        case .removed: "Removed"
        }
    }

    /// `build 1.2 s · start 420 ms`
    static func phases(_ phases: [Deployment.Phase]) -> String {
        phases.map { "\($0.name) \(Measures.duration(milliseconds: $0.milliseconds))" }.joined(separator: " · ")
    }

    static func source(_ source: DeploymentSource) -> String {
        switch source {
        case .upload(let sha256): "upload \(sha256.prefix(12))"
        case .git(let url, let reference): reference.map { "\(url)#\($0)" } ?? url
        case .image(let reference): reference
        }
    }

    static func table(_ deployments: [Deployment]) -> Table {
        Table(
            columns: ["DEPLOYMENT", "STATUS", "TRIGGER", "SOURCE", "CREATED"],
            rows: deployments.map {
                [
                    "\($0.id)", $0.status.rawValue + ($0.isActive ? " *" : ""), $0.trigger.rawValue, source($0.source),
                    Measures.age(of: $0.createdAt),
                ]
            })
    }

    /// The last words about a deployment that succeeded.
    static func success(_ deployment: Deployment, target: ServiceTarget, took: Duration, _ style: Style) -> String {
        var lines = [
            "\(style.green("✓")) \(style.bold(target.service)) is live in \(target.environment) after \(Measures.duration(took))"
        ]
        if !deployment.phases.isEmpty { lines.append("  " + style.dim(phases(deployment.phases))) }
        lines += deployment.urls.map { "  " + style.cyan($0) }
        return lines.joined(separator: "\n")
    }
}
