import Deployments
import HTTPTypes
import Kernel
import Projects
import Resources

/// Services, and what one looks like in an environment.
struct ServiceOperations: Sendable {
    let projects: ProjectService
    let deployments: DeploymentService
    let views: DeploymentViews

    var all: [Operation] {
        [
            Operation(
                "services.create", .post, "/projects/{project}/services", .projectWrite, taking: CreateService.self, status: .created
            ) { [projects] call, access, input in
                try await projects.createService(access, call.id("project"), input)
            },
            Operation("services.rename", .patch, "/services/{service}", .projectWrite, taking: ProjectOperations.Rename.self) {
                [projects] call, access, input in
                try await projects.renameService(access, call.id("service"), to: input.name)
            },
            Operation("services.delete", .delete, "/services/{service}", .projectDelete) { [projects] call, access in
                try await projects.deleteService(access, call.id("service"))
            },
            Operation("environments.get", .get, "/environments/{environment}", .projectRead) { [projects, views] call, access in
                try await views.complete(projects.overview(access, call.id("environment")), access)
            },
            Operation("services.get", .get, "/environments/{environment}/services/{service}", .projectRead) {
                [projects, views] call, access in
                let instance = try call.instance
                return try await views.complete(
                    projects.entry(access, instance.environment, instance.service), in: instance.environment, access)
            },
            Operation(
                "settings.update", .patch, "/environments/{environment}/services/{service}", .projectWrite, taking: UpdateSettings.self
            ) { [projects, deployments] call, access, input in
                let instance = try call.instance
                let change = try await projects.updateSettings(access, instance.environment, instance.service, input)
                switch change.effect {
                case .none:
                    break
                case .scale:
                    try await deployments.scale(access.with(.deploymentWrite), instance, replicas: change.settings.replicas)
                case .redeploy:
                    _ = try await deployments.apply(
                        access.with(.deploymentWrite), changeOf: .settings, to: [instance], rebuild: false)
                }
                return change.settings
            },
        ]
    }
}

extension OperationCall {
    /// The service in the environment that the path names.
    var instance: ServiceInstance {
        get throws {
            ServiceInstance(environment: try id("environment"), service: try id("service"))
        }
    }
}
