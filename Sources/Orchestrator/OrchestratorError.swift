/// Why the orchestrator couldn't do what it was asked.
public struct OrchestratorError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// Nobody answers at the back end's address.
        case unavailable = "ORCHESTRATOR_UNAVAILABLE"
        /// The workload isn't there.
        case missing = "WORKLOAD_MISSING"
        /// The workload is there and doesn't run, which the operation needs.
        case notRunning = "WORKLOAD_NOT_RUNNING"
        /// The program that shall run isn't in the image or can't be run.
        case commandNotFound = "COMMAND_NOT_FOUND"
        case imageMissing = "IMAGE_MISSING"
        /// The registry refused or couldn't be reached.
        case pullFailed = "IMAGE_PULL_FAILED"
        /// Something still uses it.
        case inUse = "IN_USE"
        /// What was asked can't be right: a name, a path, a number.
        case invalid = "WORKLOAD_INVALID"
        /// The back end failed in a way that has no name here.
        case failed = "ORCHESTRATOR_FAILED"
    }

    public var code: Code
    /// What was wrong, and with what.
    public var message: String
    /// Whether the same call may succeed later without anybody changing anything.
    public var isTransient: Bool

    public init(_ code: Code, _ message: String, isTransient: Bool = false) {
        self.code = code
        self.message = message
        self.isTransient = isTransient
    }

    public var description: String { "\(code.rawValue): \(message)" }
}
