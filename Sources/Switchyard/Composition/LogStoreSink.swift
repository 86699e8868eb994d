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

    func buildEnded(_ subject: LogSubject) async {
        do {
            try await pipeline.writer.finishBuild(subject.origin)
        } catch {
            logger.warning("the last lines of a build were not kept", metadata: ["deployment": "\(subject.deployment)", "error": "\(error)"])
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
            logger.warning("the last lines of a replica were not kept", metadata: ["deployment": "\(replica.subject.deployment)", "error": "\(error)"])
        }
    }
}

extension LogSubject {
    fileprivate var origin: LogOrigin {
        LogOrigin(workspace: workspace, environment: instance.environment, service: instance.service, deployment: deployment)
    }
}
