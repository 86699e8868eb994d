import Resources

/// How a service's settings read for people, under the names of the flags that set them.
enum SettingsText {
    static func table(_ settings: ServiceSettings) -> Table {
        Table(
            columns: ["SETTING", "VALUE"],
            rows: [
                ["start-command", settings.startCommand ?? "(detected)"],
                ["build-command", settings.buildCommand ?? "(detected)"],
                ["root-directory", settings.rootDirectory ?? "/"],
                ["dockerfile-path", settings.dockerfilePath ?? "Dockerfile"],
                ["healthcheck-path", settings.healthcheckPath ?? "(the port accepts)"],
                ["healthcheck-timeout", "\(settings.healthcheckTimeout) s"],
                ["restart-policy", settings.restartPolicy.rawValue],
                ["restart-max-retries", "\(settings.restartPolicyMaxRetries)"],
                ["draining-seconds", "\(settings.drainingSeconds) s"],
                ["public", settings.isPublic ? "yes" : "no"],
                ["replicas", "\(settings.replicas)"],
                ["cpu", "\(settings.cpuLimit) cores"],
                ["memory", Measures.size(Int64(settings.memoryLimit))],
            ])
    }
}
