import FoundationEssentials
import Kernel
import PostgresClient
import Resources

/// A row of `deployments`: a version with all that is needed to run it again just as it was.
struct DeploymentRecord: Sendable {
    let id: Deployment.ID
    let project: Project.ID
    let instance: ServiceInstance
    let status: DeploymentStatus
    let trigger: DeploymentTrigger
    let source: DeploymentSource
    let settings: ServiceSettings
    let image: String?
    let command: [String]?
    let exposedPorts: [Int]
    let plan: String?
    let commit: GitCommit?
    /// Sealed JSON: the variables as they were rendered when this version was made.
    let variables: [UInt8]?
    let problem: Problem?
    let phases: [Deployment.Phase]
    let isActive: Bool
    let firstReplica: Int
    let replicaCount: Int
    let createdAt: Date
    let updatedAt: Date

    static let columns: SQL = """
        id, project_id, environment_id, service_id, status, trigger, source::text as source, settings::text as settings, image,
        command::text as command, exposed_ports::text as exposed_ports, plan, git_commit::text as git_commit, variables,
        problem::text as problem, phases::text as phases, is_active, first_replica, replica_count, created_at, updated_at
        """

    init(_ row: Row) throws {
        id = .init(uuid: try row.get("id"))
        project = .init(uuid: try row.get("project_id"))
        instance = ServiceInstance(
            environment: .init(uuid: try row.get("environment_id")), service: .init(uuid: try row.get("service_id")))
        status = try row.getEnum("status")
        trigger = try row.getEnum("trigger")
        source = try row.getJSON("source")
        settings = try row.getJSON("settings")
        image = try row.getOptional("image")
        command = try row.getOptionalJSON("command")
        exposedPorts = try row.getJSON("exposed_ports")
        plan = try row.getOptional("plan")
        commit = try row.getOptionalJSON("git_commit")
        variables = try row.getOptional("variables")
        problem = try row.getOptionalJSON("problem")
        phases = try row.getJSON("phases")
        isActive = try row.get("is_active")
        firstReplica = try row.get("first_replica")
        replicaCount = try row.get("replica_count")
        createdAt = try row.get("created_at")
        updatedAt = try row.get("updated_at")
    }

    /// The replicas that shall run: a restart moves on to new ones, so that old and new overlap.
    var wantedReplicas: Range<Int> {
        firstReplica..<firstReplica + replicaCount
    }

    var name: String { "deployment/\(id)" }

    func resource(replicas: [ReplicaRecord]) -> Deployment {
        Deployment(
            id: id, projectId: project, environmentId: instance.environment, serviceId: instance.service, status: status,
            isActive: isActive, source: source.withoutCredentials, trigger: trigger, image: image, problem: problem,
            replicas: replicas.map(\.resource), phases: phases, plan: plan, createdAt: createdAt, updatedAt: updatedAt)
    }
}

/// A row of `replicas`: what was last known of one copy of a version.
struct ReplicaRecord: Sendable {
    let deployment: Deployment.ID
    let instance: ServiceInstance
    let index: Int
    var state: ReplicaState
    var container: String?
    var logPath: String?
    var address: String?
    let port: Int
    /// Whether the edge may send it requests while it is healthy.
    let serving: Bool
    var restarts: Int
    var message: String?

    static let columns: SQL = """
        deployment_id, environment_id, service_id, index, state, container, log_path, address, port, serving, restarts, message
        """

    init(_ row: Row) throws {
        deployment = .init(uuid: try row.get("deployment_id"))
        instance = ServiceInstance(
            environment: .init(uuid: try row.get("environment_id")), service: .init(uuid: try row.get("service_id")))
        index = try row.get("index")
        state = try row.getEnum("state")
        container = try row.getOptional("container")
        logPath = try row.getOptional("log_path")
        address = try row.getOptional("address")
        port = try row.get("port")
        serving = try row.get("serving")
        restarts = try row.get("restarts")
        message = try row.getOptional("message")
    }

    var resource: Replica {
        Replica(index: index, state: state, restarts: restarts, message: message)
    }

    var endpoint: RouteEndpoint? {
        address.map { RouteEndpoint(address: $0, port: port) }
    }
}

extension Row {
    func getJSON<Value: Decodable>(_ column: String, as type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(get(column, as: String.self).utf8))
    }

    func getOptionalJSON<Value: Decodable>(_ column: String, as type: Value.Type = Value.self) throws -> Value? {
        try getOptional(column, as: String.self).map { try JSONDecoder().decode(type, from: Data($0.utf8)) }
    }

    func getEnum<Value: RawRepresentable>(_ column: String, as type: Value.Type = Value.self) throws -> Value
    where Value.RawValue == String {
        let text = try get(column, as: String.self)
        guard let value = Value(rawValue: text) else {
            throw SwitchyardError(.internalFault, code: "ROW_UNREADABLE", "\(column) has the unknown value \(text)")
        }
        return value
    }
}

/// A value as JSON text for a column.
func json(_ value: some Encodable) throws -> String {
    String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
}

extension DeploymentSource {
    /// As it may be shown: a Git URL without the user and password it may carry.
    var withoutCredentials: DeploymentSource {
        guard case .git(let url, let reference) = self, let scheme = url.firstRange(of: "://") else { return self }
        let authority = url[scheme.upperBound...].prefix { $0 != "/" }
        guard let at = authority.lastIndex(of: "@") else { return self }
        return .git(url: String(url[..<scheme.upperBound]) + String(url[url.index(after: at)...]), reference: reference)
    }
}
