public import Kernel
public import Orchestrator
public import Resources

/// What Deployments asks about services. Projects answers.
public protocol ServiceCatalog: Sendable {
    /// Nil when the service or the environment is deleted.
    func blueprint(of instance: ServiceInstance, in workspace: Workspace.ID) async throws -> ServiceBlueprint?
    /// The variables that a replica of this version gets, references resolved, `PORT` among them.
    func variables(of instance: ServiceInstance, in workspace: Workspace.ID, facts: VersionFacts) async throws -> [String: SecretText]
    /// The services that have a host name.
    func instancesWithDomains(in workspace: Workspace.ID) async throws -> [ServiceInstance]
    /// Gives a public service its generated host name if it has none.
    func ensureDomain(of instance: ServiceInstance, in workspace: Workspace.ID) async throws
}

/// What a service in an environment looks like now.
public struct ServiceBlueprint: Sendable {
    public var project: Project.ID
    public var projectName: String
    public var environmentName: String
    public var serviceName: String
    public var settings: ServiceSettings
    public var domains: [Domain]
    public var volumes: [Volume]

    public init(
        project: Project.ID, projectName: String, environmentName: String, serviceName: String, settings: ServiceSettings,
        domains: [Domain], volumes: [Volume]
    ) {
        self.project = project
        self.projectName = projectName
        self.environmentName = environmentName
        self.serviceName = serviceName
        self.settings = settings
        self.domains = domains
        self.volumes = volumes
    }
}

/// What only the deployer knows of a version, for its variables.
public struct VersionFacts: Sendable {
    public var deployment: Deployment.ID
    /// The port that the image says it listens on, when it says just one.
    public var exposedPort: Int?
    public var commit: GitCommit?

    public init(deployment: Deployment.ID, exposedPort: Int?, commit: GitCommit?) {
        self.deployment = deployment
        self.exposedPort = exposedPort
        self.commit = commit
    }
}

/// The commit that a version was built from.
public struct GitCommit: Codable, Hashable, Sendable {
    public var sha: String
    public var branch: String?
    public var author: String?
    public var message: String?

    public init(sha: String, branch: String?, author: String?, message: String?) {
        self.sha = sha
        self.branch = branch
        self.author = author
        self.message = message
    }
}

/// Makes images of sources. Builds does it.
public protocol ImageBuilder: Sendable {
    /// Refuses what can never be built or fetched: a Git URL or reference, an image name that is not one.
    func validate(_ source: DeploymentSource) async throws

    /// The operator's login for pulling an image; nil: there is none for its registry.
    func credentials(forImage reference: String) async throws -> RegistryCredentials?

    /// Whether an image is still there to run.
    func hasImage(_ image: String) async throws -> Bool

    /// Building again after a crash gives the same. Cancelling the task stops it and leaves nothing behind.
    ///
    /// - Throws: ``SwitchyardError`` with what the user can do about it.
    func build(_ order: BuildOrder, log: @escaping @Sendable (LogLevel, String) async -> Void) async throws -> BuildProduct
}

public struct BuildOrder: Sendable {
    public var deployment: Deployment.ID
    public var workspace: Workspace.ID
    public var instance: ServiceInstance
    public var serviceName: String
    public var source: DeploymentSource
    public var settings: ServiceSettings
    public var variables: [String: SecretText]
}

public struct BuildProduct: Sendable {
    /// The image by id.
    public var image: String
    /// What starts it, when the image doesn't say it or is overruled.
    public var command: [String]?
    public var exposedPorts: [Int]
    /// What was decided, for people.
    public var plan: String
    public var commit: GitCommit?
    /// What the source's own configuration file asks for, where the service's settings say nothing.
    public var healthcheckPath: String?

    public init(
        image: String, command: [String]?, exposedPorts: [Int], plan: String, commit: GitCommit? = nil, healthcheckPath: String? = nil
    ) {
        self.image = image
        self.command = command
        self.exposedPorts = exposedPorts
        self.plan = plan
        self.commit = commit
        self.healthcheckPath = healthcheckPath
    }
}

/// Sends requests to replicas. The edge does it.
public protocol TrafficRouter: Sendable {
    /// Makes these routes live; a revision lower than one it has seen for a host changes nothing.
    func apply(_ routes: [ServiceRoute], revision: Int64) async throws
    /// Makes these all the routes there are.
    func replaceAll(_ routes: [ServiceRoute], revision: Int64) async throws
    func remove(hosts: [String], revision: Int64) async throws
    /// How many requests and WebSockets are under way to these endpoints.
    func inFlight(to endpoints: [RouteEndpoint]) async throws -> Int
    /// Asks a host through the edge itself and says which deployment answered; nil: none did.
    func deploymentAnswering(host: String, path: String) async throws -> Deployment.ID?
}

/// Where the edge sends the requests for one host.
public struct ServiceRoute: Hashable, Sendable {
    public var host: String
    public var service: Service.ID
    public var deployment: Deployment.ID?
    public var endpoints: [RouteEndpoint]
    /// Requests wait instead of failing: while a service whose volume can't be shared is replaced.
    public var isHeld: Bool

    public init(host: String, service: Service.ID, deployment: Deployment.ID?, endpoints: [RouteEndpoint], isHeld: Bool = false) {
        self.host = host
        self.service = service
        self.deployment = deployment
        self.endpoints = endpoints
        self.isHeld = isHeld
    }
}

public struct RouteEndpoint: Hashable, Sendable {
    public var address: String
    public var port: Int

    public init(address: String, port: Int) {
        self.address = address
        self.port = port
    }
}

/// Takes the lines of builds and replicas. Monitoring does it.
public protocol LogSink: Sendable {
    func buildLine(_ text: String, level: LogLevel, of subject: LogSubject) async
    /// Returns when all lines of the build can be read.
    func buildEnded(_ subject: LogSubject) async
    /// Follows the log of a replica's container from where it was left; asking again changes nothing.
    func follow(_ replica: ReplicaLog) async
    /// Takes what is still there, then lets go: before the container and its log are removed.
    func finish(_ replica: ReplicaLog) async
}

/// Whose lines they are.
public struct LogSubject: Hashable, Sendable {
    public var workspace: Workspace.ID
    public var instance: ServiceInstance
    public var deployment: Deployment.ID
}

/// Where the lines of one run of a replica are.
public struct ReplicaLog: Hashable, Sendable {
    public var subject: LogSubject
    public var replica: Int
    /// The container's own name: another one after it was replaced.
    public var container: String
    public var path: String
}
