public import FoundationEssentials

/// A line that a build or a replica wrote.
public struct LogLine: Codable, Hashable, Sendable {
    /// Grows with every line of the installation; pass the last one seen as `after` to go on without loss or doubles.
    public var position: Int64
    public var time: Date
    public var deploymentId: Deployment.ID
    public var serviceId: Service.ID
    public var kind: LogKind
    /// The replica's index; nil for build lines.
    public var replica: Int?
    public var level: LogLevel
    public var text: String

    public init(
        position: Int64, time: Date, deploymentId: Deployment.ID, serviceId: Service.ID, kind: LogKind, replica: Int?, level: LogLevel,
        text: String
    ) {
        self.position = position
        self.time = time
        self.deploymentId = deploymentId
        self.serviceId = serviceId
        self.kind = kind
        self.replica = replica
        self.level = level
        self.text = text
    }
}

public enum LogKind: String, Codable, CaseIterable, Hashable, Sendable {
    case build = "BUILD"
    case deploy = "DEPLOY"
}

public enum LogLevel: String, Codable, CaseIterable, Hashable, Sendable {
    case debug = "DEBUG"
    case info = "INFO"
    case warn = "WARN"
    case error = "ERROR"
}

/// One immutable change of state, as clients see it.
public struct EventRecord: Codable, Hashable, Sendable {
    public var position: Int64
    /// `deployment/<id>`, `project/<id>` and so on.
    public var stream: String
    public var version: Int
    /// `deployment.created` and so on.
    public var type: String
    /// The event's data: JSON text.
    public var data: String
    public var actor: String
    public var time: Date

    public init(position: Int64, stream: String, version: Int, type: String, data: String, actor: String, time: Date) {
        self.position = position
        self.stream = stream
        self.version = version
        self.type = type
        self.data = data
        self.actor = actor
        self.time = time
    }
}
