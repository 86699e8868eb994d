/// `POST /projects`
public struct CreateProject: Codable, Hashable, Sendable {
    public var name: String

    public init(name: String) {
        self.name = name
    }
}

/// `POST /projects/{project}/environments`
public struct CreateEnvironment: Codable, Hashable, Sendable {
    public var name: String

    public init(name: String) {
        self.name = name
    }
}

/// `POST /projects/{project}/services`
public struct CreateService: Codable, Hashable, Sendable {
    public var name: String

    public init(name: String) {
        self.name = name
    }
}

/// `PATCH /environments/{environment}/services/{service}`: what is nil stays; `""` gives a text its default again.
public struct UpdateSettings: Codable, Hashable, Sendable {
    public var startCommand: String?
    public var buildCommand: String?
    public var rootDirectory: String?
    public var dockerfilePath: String?
    public var healthcheckPath: String?
    public var healthcheckTimeout: Int?
    public var replicas: Int?
    public var restartPolicy: RestartPolicy?
    public var restartPolicyMaxRetries: Int?
    public var drainingSeconds: Int?
    public var cpuLimit: Double?
    public var memoryLimit: Int?
    public var isPublic: Bool?

    public init() {}
}

/// `POST /environments/{environment}/services/{service}/deployments` with a JSON body; an upload is the same path with the
/// archive itself as the body and `Content-Type: application/gzip` or `application/x-tar`.
public struct CreateDeployment: Codable, Hashable, Sendable {
    /// A Git URL or an image.
    public var source: DeploymentSource

    public init(source: DeploymentSource) {
        self.source = source
    }
}

/// `PUT /environments/{environment}/variables` (shared) and `.../services/{service}/variables`: adds and replaces.
public struct SetVariables: Codable, Hashable, Sendable {
    public var variables: [String: String]
    /// Never shown again, to anybody.
    public var sealed: Bool
    /// Whether the running deployments that this concerns are deployed again.
    public var redeploy: Bool

    public init(variables: [String: String], sealed: Bool = false, redeploy: Bool = true) {
        self.variables = variables
        self.sealed = sealed
        self.redeploy = redeploy
    }
}

/// `POST /environments/{environment}/services/{service}/domains`
public struct CreateDomain: Codable, Hashable, Sendable {
    /// Nil: the platform makes a name under its base domain.
    public var host: String?
    public var targetPort: Int?

    public init(host: String? = nil, targetPort: Int? = nil) {
        self.host = host
        self.targetPort = targetPort
    }
}

/// `POST /environments/{environment}/services/{service}/volumes`
public struct CreateVolume: Codable, Hashable, Sendable {
    public var name: String?
    public var mountPath: String

    public init(name: String? = nil, mountPath: String) {
        self.name = name
        self.mountPath = mountPath
    }
}

/// `GET /environments/{environment}`: all that `yard status` and a project's page show, in one answer.
public struct EnvironmentOverview: Codable, Hashable, Sendable {
    public var environment: Environment
    public var services: [Entry]

    public init(environment: Environment, services: [Entry]) {
        self.environment = environment
        self.services = services
    }

    public struct Entry: Codable, Hashable, Sendable {
        public var service: Service
        public var settings: ServiceSettings
        public var domains: [Domain]
        public var volumes: [Volume]
        /// The version that the edge sends requests to.
        public var active: Deployment?
        /// The newest, whatever became of it.
        public var latest: Deployment?

        public init(
            service: Service, settings: ServiceSettings, domains: [Domain], volumes: [Volume], active: Deployment?, latest: Deployment?
        ) {
            self.service = service
            self.settings = settings
            self.domains = domains
            self.volumes = volumes
            self.active = active
            self.latest = latest
        }
    }
}
