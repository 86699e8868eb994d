public import Kernel
public import Resources

/// The order to wind down what runs, after a deletion. Whoever runs deployments takes these jobs; doing one twice must be
/// harmless.
public struct Teardown: Codable, Hashable, Sendable {
    /// The kind of the jobs that carry this.
    public static let jobKind = "teardown"

    public let environment: Environment.ID
    /// One service in the environment; nil: the whole environment.
    public let service: Service.ID?
    /// Only this volume's data, once the service runs without it; nil: everything.
    public let volume: Volume.ID?

    public init(environment: Environment.ID, service: Service.ID? = nil, volume: Volume.ID? = nil) {
        self.environment = environment
        self.service = service
        self.volume = volume
    }

    /// Orders of one key never run at once.
    var key: String {
        service.map { "\(environment)/\($0)" } ?? environment.description
    }
}

extension UnitOfWork {
    func enqueue(_ teardown: Teardown) async throws {
        try await enqueue(NewJob(kind: Teardown.jobKind, key: teardown.key, payload: teardown))
    }
}
