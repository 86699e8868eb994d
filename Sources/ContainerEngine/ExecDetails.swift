/// `GET /exec/{id}/json`
public struct ExecDetails: Decodable, Hashable, Sendable {
    public var isRunning: Bool
    /// Nil or meaningless while it runs.
    public var exitCode: Int?
    /// On this machine; 0 when it doesn't run.
    public var processID: Int?

    enum CodingKeys: String, CodingKey {
        case isRunning = "Running"
        case exitCode = "ExitCode"
        case processID = "Pid"
    }
}
