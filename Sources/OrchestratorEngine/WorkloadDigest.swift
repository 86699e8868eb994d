import FoundationEssentials
import Orchestrator

/// Names a workload's description, so that one that is there can be compared with one that is wanted. Made from what is
/// wanted, not from what is told to the engine: an update of the platform or another limit of the machine must not replace
/// everybody's containers.
struct WorkloadDigest {
    /// 64 hex digits. `imageID` stands for the image, since a reference can come to mean another.
    static func digest(of workload: Workload, imageID: String) throws -> String {
        let description = Description(
            service: workload.serviceName, image: imageID, command: workload.command, variables: workload.environmentVariables,
            port: workload.port, cpu: workload.limits.cpu, memory: workload.limits.memory, processes: workload.limits.processes,
            volumes: workload.volumes.map { [$0.name, $0.path] }, labels: workload.labels)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return Digest.hexadecimal(try encoder.encode(description))
    }

    private struct Description: Encodable {
        var service: String
        var image: String
        var command: [String]?
        var variables: [String: String]
        var port: Int
        var cpu: Double
        var memory: Int
        var processes: Int
        var volumes: [[String]]
        var labels: [String: String]
    }
}
