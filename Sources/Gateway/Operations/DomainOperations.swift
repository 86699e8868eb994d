import Deployments
import HTTPTypes
import Kernel
import Projects
import Resources

/// Host names. The edge hears of each change.
struct DomainOperations: Sendable {
    let projects: ProjectService
    let deployments: DeploymentService

    private static let list = "/environments/{environment}/services/{service}/domains"

    var all: [Operation] {
        [
            Operation("domains.list", .get, Self.list, .projectRead) { [projects] call, access in
                let instance = try call.instance
                return try await projects.domains(access, instance.environment, instance.service)
            },
            Operation("domains.create", .post, Self.list, .domainWrite, taking: CreateDomain.self, status: .created) {
                [projects, deployments] call, access, input in
                let instance = try call.instance
                let domain = try await projects.addDomain(access, instance.environment, instance.service, input)
                try await deployments.domainsChanged(access, instance)
                return domain
            },
            Operation("domains.delete", .delete, "/domains/{domain}", .domainWrite) { [projects, deployments] call, access in
                let domain = try await projects.removeDomain(access, call.id("domain"))
                let instance = ServiceInstance(environment: domain.environmentId, service: domain.serviceId)
                try await deployments.domainsChanged(access, instance, removed: [domain.host])
            },
        ]
    }
}
