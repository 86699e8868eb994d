import FoundationEssentials
import Kernel
import Orchestrator
import Resources

/// Makes the description of a replica from a version's row: the same row gives the same description, so that starting it
/// again after a crash finds what is there.
struct WorkloadFactory: Sendable {
    let secretBox: SecretBox

    func workload(_ record: DeploymentRecord, replica: Int, blueprint: ServiceBlueprint, workspace: Workspace.ID) throws -> Workload {
        guard let image = record.image, let sealed = record.variables else {
            throw SwitchyardError(.internalFault, code: "DEPLOYMENT_INCOMPLETE", "deployment \(record.id) has no image yet")
        }
        var variables = try Self.unseal(sealed, with: secretBox, workspace: workspace)
        let port = Self.port(of: variables)
        for prefix in ["SWITCHYARD", "RAILWAY"] {
            variables[prefix + "_REPLICA_ID"] = "\(record.id)-\(replica)"
        }
        return Workload(
            id: WorkloadID(
                environment: record.instance.environment, service: record.instance.service, deployment: record.id, replica: replica),
            serviceName: blueprint.serviceName, image: image, command: record.command, environmentVariables: variables, port: port,
            limits: .init(cpu: record.settings.cpuLimit, memory: record.settings.memoryLimit),
            volumes: blueprint.volumes.map { .init(name: Self.volumeName($0.id), path: $0.mountPath) })
    }

    /// The engine's name of a volume: never a user's text.
    static func volumeName(_ id: Volume.ID) -> String {
        "volume-\(id)"
    }

    static func port(of variables: [String: String]) -> Int {
        variables["PORT"].flatMap(Int.init).flatMap { (1...65535).contains($0) ? $0 : nil } ?? 8080
    }

    static func seal(_ variables: [String: SecretText], with box: SecretBox, workspace: Workspace.ID) throws -> [UInt8] {
        try box.seal(json(variables.mapValues { $0.reveal() }).utf8, workspace: workspace)
    }

    static func unseal(_ sealed: [UInt8], with box: SecretBox, workspace: Workspace.ID) throws -> [String: String] {
        try JSONDecoder().decode([String: String].self, from: Data(box.open(sealed, workspace: workspace)))
    }
}
