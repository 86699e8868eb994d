import Glibc
import Resources

/// Runs a deployment before the user's eyes: its log, its steps, and at the end its URL or the reason why there is none.
struct DeploymentReport: Sendable {
    let session: Session
    let target: ServiceTarget
    /// Only the build's log.
    var buildLogOnly = false
    /// Don't wait for the end.
    var isDetached = false

    /// - Parameter start: makes the deployment.
    /// - Throws: ``YardError``, also when the deployment fails.
    func run(step: String, progress: ProgressLine, start: @escaping @Sendable () async throws -> Deployment) async throws {
        let began = ContinuousClock.now
        await progress.begin(step)
        let deployment: Deployment
        do {
            deployment = try await isDetached ? start() : untilInterrupted(progress) { try await watch(progress, start) }
        } catch {
            await progress.end()
            throw error
        }
        await progress.end()
        let output = session.output
        if isDetached {
            try output.show(deployment) { "deployment \(deployment.id) of \(target.service) is \(deployment.status.rawValue)" }
            output.note("Follow it with `yard logs --build -f --deployment \(deployment.id)`.")
            return
        }
        guard deployment.status == .success else {
            if output.isJSON { try output.show(deployment) { "" } }
            throw Self.failure(of: deployment, target: target)
        }
        try output.show(deployment) {
            DeploymentText.success(deployment, target: target, took: ContinuousClock.now - began, output.style)
        }
    }

    private func watch(_ progress: ProgressLine, _ start: @escaping @Sendable () async throws -> Deployment) async throws -> Deployment {
        let follower = DeploymentFollower(client: try session.client(), kind: buildLogOnly ? .build : nil)
        return try await follower.follow(start: start) { update in
            switch update {
            case .lines(let lines):
                for line in lines { await progress.print(LogText.line(line, console: session.output.console)) }
            case .changed(let deployment) where !deployment.status.isSettled:
                await progress.begin(DeploymentText.step(deployment.status))
            case .changed:
                break
            }
        }
    }

    /// Ctrl-C stops the watching, not the deployment.
    private func untilInterrupted(
        _ progress: ProgressLine, _ body: @escaping @Sendable () async throws -> Deployment
    ) async throws -> Deployment {
        try await withThrowingTaskGroup(of: Deployment?.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await body() }
            group.addTask {
                await progress.animate()
                return nil
            }
            group.addTask {
                for await _ in Signals.stream(of: SIGINT) {
                    throw YardError(
                        .interrupted, code: "INTERRUPTED", "no longer watching; what was already uploaded is still being deployed",
                        hint: "See it with `yard status`, or stop it with `yard deployment cancel`.")
                }
                return nil
            }
            while let result = try await group.next() {
                if let deployment = result { return deployment }
            }
            throw CancellationError()
        }
    }

    static func failure(of deployment: Deployment, target: ServiceTarget) -> YardError {
        let what = "deployment \(deployment.id) of \(target.service)"
        let code = "DEPLOYMENT_\(deployment.status.rawValue)"
        let problem = deployment.problem
        switch deployment.status {
        case .skipped, .removing, .removed:
            return YardError(
                .failed, code: problem?.code ?? code,
                "\(what) did not go live: \(problem?.message ?? "it was cancelled, or a newer one came")",
                hint: problem?.hint ?? "`yard deployment list` shows what happened.")
        default:
            let isBuild = !deployment.phases.contains { $0.name == "start" } && deployment.image == nil
            let verb = deployment.status == .crashed ? "crashed" : "failed"
            return YardError(
                .failed, code: problem?.code ?? code, "\(what) \(verb): \(problem?.message ?? "the server gave no reason")",
                hint: problem?.hint ?? "Read its log: `yard logs \(isBuild ? "--build " : "")--deployment \(deployment.id)`.")
        }
    }
}
