import Deployments
import Kernel
import Logging
import Monitoring
import Resources

/// Where Deployments puts lines: Monitoring's pipeline.
struct LogStoreSink: LogSink {
    let pipeline: LogPipeline
    let logger: Logger

    func buildLine(_ text: String, level: LogLevel, of subject: LogSubject) async {
        await pipeline.writer.append(BuildLine(origin: subject.origin, level: level, text: text))
    }

    /// A log store that is away delays a deployment by a few seconds, and no more.
    func buildEnded(_ subject: LogSubject) async {
        let isKept = await withTaskGroup { group in
            group.addTask { (try? await pipeline.writer.finishBuild(subject.origin)) != nil }
            group.addTask {
                try? await Task.sleep(for: .seconds(5))
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
        if !isKept {
            logger.warning("the last lines of a build are not kept yet", metadata: ["deployment": "\(subject.deployment)"])
        }
    }

    func follow(_ replica: ReplicaLog) async {
        await pipeline.ingest.follow(replica.container, path: replica.path, origin: replica.subject.origin, replica: replica.replica)
    }

    func finish(_ replica: ReplicaLog) async {
        await follow(replica)
        do {
            try await pipeline.ingest.drainAndStop(replica.container)
        } catch {
            logger.warning(
                "the last lines of a replica were not kept", metadata: ["deployment": "\(replica.subject.deployment)", "error": "\(error)"])
        }
    }
}

extension LogSubject {
    fileprivate var origin: LogOrigin {
        LogOrigin(workspace: workspace, environment: instance.environment, service: instance.service, deployment: deployment)
    }
}
