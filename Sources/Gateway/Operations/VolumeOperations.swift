import Deployments
import HTTPTypes
import Kernel
import Projects
import Resources

/// Volumes.
struct VolumeOperations: Sendable {
    let projects: ProjectService

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
                return try await projects.addVolume(access, instance.environment, instance.service, input)
            },
            Operation("volumes.delete", .delete, "/volumes/{volume}", .volumeDelete) { [projects] call, access in
                _ = try await projects.removeVolume(access, call.id("volume"))
            },
        ]
    }
}
