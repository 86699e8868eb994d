public import Resources

/// What a source itself says about how it wants to be run (`railway.json`, `railway.toml`, a Procfile's `release`).
/// The service's own settings come first.
public struct DeployHints: Hashable, Sendable {
    public var startCommand: String?
    /// Runs once, in the new image, before the new version takes requests.
    public var preDeployCommand: String?
    public var healthcheckPath: String?
    /// Seconds.
    public var healthcheckTimeout: Int?
    public var replicas: Int?
    public var restartPolicy: RestartPolicy?
    public var restartPolicyMaxRetries: Int?
    public var drainingSeconds: Int?

    public init(
        startCommand: String? = nil, preDeployCommand: String? = nil, healthcheckPath: String? = nil, healthcheckTimeout: Int? = nil,
        replicas: Int? = nil, restartPolicy: RestartPolicy? = nil, restartPolicyMaxRetries: Int? = nil, drainingSeconds: Int? = nil
    ) {
        self.startCommand = startCommand
        self.preDeployCommand = preDeployCommand
        self.healthcheckPath = healthcheckPath
        self.healthcheckTimeout = healthcheckTimeout
        self.replicas = replicas
        self.restartPolicy = restartPolicy
        self.restartPolicyMaxRetries = restartPolicyMaxRetries
        self.drainingSeconds = drainingSeconds
    }

    /// What is said and not done, for the build's log: deployments follow the service's settings in these.
    var unapplied: [String] {
        let settings: [(String, Bool)] = [
            ("healthcheckTimeout", healthcheckTimeout != nil), ("numReplicas", replicas != nil),
            ("restartPolicyType", restartPolicy != nil),
            ("restartPolicyMaxRetries", restartPolicyMaxRetries != nil), ("drainingSeconds", drainingSeconds != nil),
        ]
        return settings.filter(\.1).map { "deploy.\($0.0) is not applied: set it with `yard settings set` or `yard scale`" }
            + (preDeployCommand == nil ? [] : ["the command before a deployment ('release', preDeployCommand) is not run"])
    }
}
