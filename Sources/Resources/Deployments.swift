public import FoundationEssentials

/// One version of a service in an environment, from its source to its last replica.
public struct Deployment: Codable, Hashable, Sendable {
    public typealias ID = Identifier<Deployment>
    public var id: ID
    public var projectId: Project.ID
    public var environmentId: Environment.ID
    public var serviceId: Service.ID
    public var status: DeploymentStatus
    /// Whether this is the version that the edge sends requests to.
    public var isActive: Bool
    public var source: DeploymentSource
    public var trigger: DeploymentTrigger
    /// The image by digest, once it is known.
    public var image: String?
    /// Why it failed, crashed or was skipped.
    public var problem: Problem?
    public var replicas: [Replica]
    /// How long each phase took, in order.
    public var phases: [Phase]
    /// What detection decided, for people: `python 3.13 with pip, starts with uvicorn main:app ...`.
    public var plan: String?
    public var createdAt: Date
    public var updatedAt: Date
    /// URLs at which the service answers.
    public var urls: [String]

    public init(
        id: ID, projectId: Project.ID, environmentId: Environment.ID, serviceId: Service.ID, status: DeploymentStatus, isActive: Bool,
        source: DeploymentSource, trigger: DeploymentTrigger, image: String? = nil, problem: Problem? = nil, replicas: [Replica] = [],
        phases: [Phase] = [], plan: String? = nil, createdAt: Date, updatedAt: Date, urls: [String] = []
    ) {
        self.id = id
        self.projectId = projectId
        self.environmentId = environmentId
        self.serviceId = serviceId
        self.status = status
        self.isActive = isActive
        self.source = source
        self.trigger = trigger
        self.image = image
        self.problem = problem
        self.replicas = replicas
        self.phases = phases
        self.plan = plan
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.urls = urls
    }

    public struct Phase: Codable, Hashable, Sendable {
        /// `queue`, `build`, `start`, `health`, `switch`, `verify`, `drain`.
        public var name: String
        public var milliseconds: Int

        public init(name: String, milliseconds: Int) {
            self.name = name
            self.milliseconds = milliseconds
        }
    }
}

/// Railway's names (`DeploymentStatus`), so that scripts and people know them.
public enum DeploymentStatus: String, Codable, CaseIterable, Hashable, Sendable {
    case queued = "QUEUED"
    case building = "BUILDING"
    case deploying = "DEPLOYING"
    case success = "SUCCESS"
    case failed = "FAILED"
    case crashed = "CRASHED"
    /// A newer deployment came before this one was begun, or it was cancelled.
    case skipped = "SKIPPED"
    case removing = "REMOVING"
    case removed = "REMOVED"

    /// Whether nothing more will happen by itself on the way to SUCCESS.
    public var isSettled: Bool {
        switch self {
        case .queued, .building, .deploying: false
        case .success, .failed, .crashed, .skipped, .removing, .removed: true
        }
    }
}

public enum DeploymentTrigger: String, Codable, CaseIterable, Hashable, Sendable {
    case deploy = "DEPLOY"
    case redeploy = "REDEPLOY"
    case rollback = "ROLLBACK"
    case variables = "VARIABLES"
    case settings = "SETTINGS"
    case volumes = "VOLUMES"
}

/// Where a version comes from.
public enum DeploymentSource: Codable, Hashable, Sendable {
    /// An archive (tar, gzip) in the blob store, by its SHA-256 in hex.
    case upload(sha256: String)
    case git(url: String, reference: String?)
    case image(reference: String)
}

/// One running copy of a deployment.
public struct Replica: Codable, Hashable, Sendable {
    /// Counts from 0 within its deployment.
    public var index: Int
    public var state: ReplicaState
    public var restarts: Int
    /// Why it isn't running, when it isn't.
    public var message: String?

    public init(index: Int, state: ReplicaState, restarts: Int = 0, message: String? = nil) {
        self.index = index
        self.state = state
        self.restarts = restarts
        self.message = message
    }
}

public enum ReplicaState: String, Codable, CaseIterable, Hashable, Sendable {
    case starting = "STARTING"
    case healthy = "HEALTHY"
    case unhealthy = "UNHEALTHY"
    case restarting = "RESTARTING"
    case crashed = "CRASHED"
    case exited = "EXITED"
    case stopped = "STOPPED"
}
