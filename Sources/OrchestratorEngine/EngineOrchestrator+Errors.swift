import ContainerEngine
import Orchestrator

extension EngineOrchestrator {
    /// Turns the engine's errors into the orchestrator's.
    func translatingErrors<Result>(about id: WorkloadID? = nil, _ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let error as EngineError {
            throw OrchestratorError(error, about: id)
        }
    }

    /// Nil when it isn't there.
    func details(_ name: String) async throws -> ContainerDetails? {
        do {
            return try await client.container(name)
        } catch let error as EngineError where error.code == .notFound {
            return nil
        }
    }
}

extension OrchestratorError {
    init(_ error: EngineError, about id: WorkloadID?) {
        let subject = id.map { "replica \($0.replica) of deployment \($0.deployment): " } ?? ""
        let message = subject + error.message
        switch error.code {
        case .unreachable, .timedOut: self.init(.unavailable, message, isTransient: true)
        case .notFound where id != nil: self.init(.missing, message)
        case .conflict where error.message.contains("running"): self.init(.notRunning, message)
        case .conflict: self.init(.inUse, message)
        case .invalid: self.init(.invalid, message)
        case .failed where Self.isMissingProgram(error.message): self.init(.commandNotFound, message)
        case .notFound, .failed, .malformed: self.init(.failed, message, isTransient: error.status.map { $0 >= 500 } ?? false)
        }
    }

    /// How runc and crun say that the first program of a container can't be started; there is no code for it.
    private static func isMissingProgram(_ message: String) -> Bool {
        let isAboutProgram = message.contains("exec: ") || message.contains("executable file")
        return isAboutProgram
            && ["no such file or directory", "not found", "permission denied", "exec format error"].contains { message.contains($0) }
    }
}
