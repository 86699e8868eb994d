public import FoundationEssentials

/// A set of services that belong together, in one or more environments.
public struct Project: Codable, Hashable, Sendable {
    public typealias ID = Identifier<Project>
    public var id: ID
    public var name: String
    public var createdAt: Date
    public var environments: [Environment]
    public var services: [Service]

    public init(id: ID, name: String, createdAt: Date, environments: [Environment] = [], services: [Service] = []) {
        self.id = id
        self.name = name
        self.createdAt = createdAt
        self.environments = environments
        self.services = services
    }
}

/// One copy of a project's services, with its own variables, volumes, domains and network: `production`, a preview.
public struct Environment: Codable, Hashable, Sendable {
    public typealias ID = Identifier<Environment>
    public var id: ID
    public var projectId: Project.ID
    public var name: String
    public var createdAt: Date

    public init(id: ID, projectId: Project.ID, name: String, createdAt: Date) {
        self.id = id
        self.projectId = projectId
        self.name = name
        self.createdAt = createdAt
    }
}

/// A thing that runs: it has one ``ServiceSettings`` and its own deployments in each environment.
public struct Service: Codable, Hashable, Sendable {
    public typealias ID = Identifier<Service>
    public var id: ID
    public var projectId: Project.ID
    public var name: String
    public var createdAt: Date

    public init(id: ID, projectId: Project.ID, name: String, createdAt: Date) {
        self.id = id
        self.projectId = projectId
        self.name = name
        self.createdAt = createdAt
    }
}

/// How a service is built and run in one environment. Names and defaults are Railway's (`railway.json`, build and deploy).
public struct ServiceSettings: Codable, Hashable, Sendable {
    /// Replaces what detection and the Procfile found.
    public var startCommand: String?
    /// Replaces the detected build step.
    public var buildCommand: String?
    /// The folder of the source that is built; relative, without `..`.
    public var rootDirectory: String?
    /// The Dockerfile's path below the root directory, when it isn't `Dockerfile`.
    public var dockerfilePath: String?
    /// An absolute URL path that answers 200 when a replica is ready; nil: the port accepts.
    public var healthcheckPath: String?
    /// Seconds until a replica that isn't healthy fails its deployment.
    public var healthcheckTimeout: Int
    public var replicas: Int
    public var restartPolicy: RestartPolicy
    /// How many times a crashed replica is started again before its deployment is CRASHED.
    public var restartPolicyMaxRetries: Int
    /// Seconds that requests in flight get to end on the old version, after the new one took over.
    public var drainingSeconds: Int
    /// CPU limit of a replica in cores.
    public var cpuLimit: Double
    /// Memory limit of a replica in bytes.
    public var memoryLimit: Int
    /// Whether the service gets a generated host name at its first deployment.
    public var isPublic: Bool

    public init(
        startCommand: String? = nil, buildCommand: String? = nil, rootDirectory: String? = nil, dockerfilePath: String? = nil,
        healthcheckPath: String? = nil, healthcheckTimeout: Int = 300, replicas: Int = 1, restartPolicy: RestartPolicy = .onFailure,
        restartPolicyMaxRetries: Int = 10, drainingSeconds: Int = 10, cpuLimit: Double = 2, memoryLimit: Int = 1 << 30,
        isPublic: Bool = true
    ) {
        self.startCommand = startCommand
        self.buildCommand = buildCommand
        self.rootDirectory = rootDirectory
        self.dockerfilePath = dockerfilePath
        self.healthcheckPath = healthcheckPath
        self.healthcheckTimeout = healthcheckTimeout
        self.replicas = replicas
        self.restartPolicy = restartPolicy
        self.restartPolicyMaxRetries = restartPolicyMaxRetries
        self.drainingSeconds = drainingSeconds
        self.cpuLimit = cpuLimit
        self.memoryLimit = memoryLimit
        self.isPublic = isPublic
    }
}

public enum RestartPolicy: String, Codable, CaseIterable, Hashable, Sendable {
    case onFailure = "ON_FAILURE"
    case always = "ALWAYS"
    case never = "NEVER"
}

/// A variable as it is stored: references are not resolved. A sealed one has no value that anybody can read.
public struct Variable: Codable, Hashable, Sendable {
    public var name: String
    /// Nil when sealed.
    public var value: String?
    public var isSealed: Bool

    public init(name: String, value: String?, isSealed: Bool = false) {
        self.name = name
        self.value = value
        self.isSealed = isSealed
    }
}

/// A host name that the edge routes to a service.
public struct Domain: Codable, Hashable, Sendable {
    public typealias ID = Identifier<Domain>
    public var id: ID
    public var serviceId: Service.ID
    public var environmentId: Environment.ID
    public var host: String
    /// Made by the platform under its base domain, or brought by the user.
    public var isGenerated: Bool
    /// The container's port; nil: the `PORT` that the deployment got.
    public var targetPort: Int?
    /// What to open, with scheme and port: filled in by the server, which knows its ports.
    public var url: String?

    public init(
        id: ID, serviceId: Service.ID, environmentId: Environment.ID, host: String, isGenerated: Bool, targetPort: Int? = nil,
        url: String? = nil
    ) {
        self.id = id
        self.serviceId = serviceId
        self.environmentId = environmentId
        self.host = host
        self.isGenerated = isGenerated
        self.targetPort = targetPort
        self.url = url
    }
}

/// A folder that outlives deployments. One for each service in an environment, and then one replica.
public struct Volume: Codable, Hashable, Sendable {
    public typealias ID = Identifier<Volume>
    public var id: ID
    public var serviceId: Service.ID
    public var environmentId: Environment.ID
    public var name: String
    public var mountPath: String
    public var createdAt: Date

    public init(id: ID, serviceId: Service.ID, environmentId: Environment.ID, name: String, mountPath: String, createdAt: Date) {
        self.id = id
        self.serviceId = serviceId
        self.environmentId = environmentId
        self.name = name
        self.mountPath = mountPath
        self.createdAt = createdAt
    }
}
