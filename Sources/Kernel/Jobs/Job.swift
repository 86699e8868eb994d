public import FoundationEssentials
public import Resources

/// A job to put in line.
public struct NewJob: Sendable {
    let id: Job.ID
    let kind: String
    let key: String
    let payload: String
    let runAt: Date?
    let priority: Int

    /// - Parameters:
    ///   - key: Jobs with the same key never run at once, of whatever kind; they run in the order in which they came.
    ///   - runAt: Not before this time; nil: now.
    ///   - priority: Higher goes first among those that are due.
    public init(kind: String, key: String, payload: some Encodable, runAt: Date? = nil, priority: Int = 0) throws {
        id = .new()
        self.kind = kind
        self.key = key
        self.payload = try JSONText.encode(payload)
        self.runAt = runAt
        self.priority = priority
    }
}

/// A job that a worker holds a lease on.
public struct Job: Sendable {
    public typealias ID = Identifier<Job>
    public let id: ID
    public let workspace: Workspace.ID
    public let kind: String
    public let key: String
    /// How often it was begun, this time included.
    public let attempts: Int
    /// Grows with each claim: a worker whose lease ran out can't write any more.
    public let fence: Int64
    let payloadText: String

    public func payload<Payload: Decodable>(as type: Payload.Type = Payload.self) throws -> Payload {
        try JSONText.decode(type, from: payloadText)
    }
}

/// How a job's run ended.
public enum JobOutcome: Sendable {
    case done
    /// It shall run again, after a while.
    case retry(after: Duration, problem: String)
}
