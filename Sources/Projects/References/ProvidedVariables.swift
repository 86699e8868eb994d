import Resources

/// The variables that the platform gives to every service. Their names are Railway's, each also with `SWITCHYARD_` in the
/// place of `RAILWAY_`. A service's own variable of the same name wins.
struct ProvidedVariables {
    static let defaultPort = 8080
    private static let prefixes = ["SWITCHYARD_", "RAILWAY_"]

    let description: EnvironmentDescription
    let hosts: PlatformHosts

    /// - Parameter facts: Only in the service's own deployment; other services' facts cannot be referred to.
    func values(for entry: EnvironmentOverview.Entry, facts: DeploymentFacts = DeploymentFacts()) -> [String: String] {
        var named: [String: String?] = [
            "PROJECT_NAME": description.projectName,
            "PROJECT_ID": description.environment.projectId.description,
            "ENVIRONMENT": description.environment.name,
            "ENVIRONMENT_NAME": description.environment.name,
            "ENVIRONMENT_ID": description.environment.id.description,
            "SERVICE_NAME": entry.service.name,
            "SERVICE_ID": entry.service.id.description,
            "PRIVATE_DOMAIN": hosts.privateHost(of: entry.service.name),
            "PUBLIC_DOMAIN": publicHost(of: entry),
            "STATIC_URL": publicHost(of: entry),
            "VOLUME_NAME": entry.volumes.first?.name,
            "VOLUME_MOUNT_PATH": entry.volumes.first?.mountPath,
            "DEPLOYMENT_ID": facts.deployment?.description,
            "REPLICA_ID": facts.replica,
            "REPLICA_REGION": facts.region,
            "SNAPSHOT_ID": facts.snapshot,
            "GIT_COMMIT_SHA": facts.git?.commit,
            "GIT_AUTHOR": facts.git?.author,
            "GIT_BRANCH": facts.git?.branch,
            "GIT_REPO_OWNER": facts.git?.repositoryOwner,
            "GIT_REPO_NAME": facts.git?.repositoryName,
            "GIT_COMMIT_MESSAGE": facts.git?.message,
        ]
        for other in description.entries {
            let name = other.service.name.uppercased().replacing("-", with: "_")
            named["SERVICE_\(name)_URL"] = publicHost(of: other)
        }
        var values = ["PORT": String(facts.exposedPort ?? Self.defaultPort)]
        for case (let name, let value?) in named {
            for prefix in Self.prefixes { values[prefix + name] = value }
        }
        if let url = publicHost(of: entry).flatMap(hosts.url(of:)) { values["SWITCHYARD_PUBLIC_URL"] = url }
        return values
    }

    /// The host to show for a service: its user's before the platform's.
    private func publicHost(of entry: EnvironmentOverview.Entry) -> String? {
        let hosts = entry.domains.filter { !$0.host.hasPrefix("*") }
        return (hosts.first { !$0.isGenerated } ?? hosts.first)?.host
    }
}
