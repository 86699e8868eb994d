import Deployments
import HTTPTypes
import Kernel
import Projects
import Resources

/// Volumes. What runs is started again with them, or without.
struct VolumeOperations: Sendable {
    let projects: ProjectService
    let deployments: DeploymentService

    private static let list = "/environments/{environment}/services/{service}/volumes"

    var all: [Operation] {
        [
            Operation("volumes.list", .get, Self.list, .projectRead) { [projects] call, access in
                let instance = try call.instance
                return try await projects.volumes(access, instance.environment, instance.service)
            },
            Operation("volumes.create", .post, Self.list, .volumeWrite, taking: CreateVolume.self, status: .created) {
                [projects] call, access, input in
                let instance = try call.instance
                let volume = try await projects.addVolume(access, instance.environment, instance.service, input)
                try await restart(instance, access)
                return volume
            },
            Operation("volumes.delete", .delete, "/volumes/{volume}", .volumeDelete) { [projects] call, access in
                let volume = try await projects.removeVolume(access, call.id("volume"))
                try await restart(ServiceInstance(environment: volume.environmentId, service: volume.serviceId), access)
            },
        ]
    }

    private func restart(_ instance: ServiceInstance, _ access: Access) async throws {
        _ = try await deployments.apply(access.with(.deploymentWrite), changeOf: .volumes, to: [instance], rebuild: false)
    }
}
