import Deployments
import HTTPTypes
import Kernel
import Projects
import Resources

/// Variables of a service in an environment, and those that all its services share.
struct VariableOperations: Sendable {
    let projects: ProjectService
    let deployments: DeploymentService

    private static let shared = "/environments/{environment}/variables"
    private static let own = "/environments/{environment}/services/{service}/variables"

    /// ``SetVariables`` with the defaults that its initializer has.
    struct Assignment: Decodable, Sendable {
        var variables: [String: String]
        var sealed: Bool?
        var redeploy: Bool?

        var request: SetVariables {
            SetVariables(variables: variables, sealed: sealed ?? false, redeploy: redeploy ?? true)
        }
    }

    var all: [Operation] {
        [
            Operation("shared-variables.list", .get, Self.shared, .variableRead) { [projects] call, access in
                try await projects.variables(access, call.id("environment"))
            },
            Operation("shared-variables.set", .put, Self.shared, .variableWrite, taking: Assignment.self) { call, access, input in
                try await set(input.request, access, call.id("environment"), nil)
            },
            Operation("shared-variables.delete", .delete, Self.shared + "/{name}", .variableWrite) { call, access in
                try await remove(call.text("name"), access, call.id("environment"), nil)
            },
            Operation("variables.list", .get, Self.own, .variableRead) { [projects] call, access in
                try await projects.variables(access, call.id("environment"), call.id("service"))
            },
            Operation("variables.set", .put, Self.own, .variableWrite, taking: Assignment.self) { call, access, input in
                try await set(input.request, access, call.id("environment"), call.id("service"))
            },
            Operation("variables.delete", .delete, Self.own + "/{name}", .variableWrite) { call, access in
                try await remove(call.text("name"), access, call.id("environment"), call.id("service"))
            },
            Operation("variables.render", .get, Self.own + "/rendered", .variableRead) { [projects] call, access in
                try await projects.renderedVariables(access, call.id("environment"), call.id("service"))
            },
        ]
    }

    private func set(
        _ request: SetVariables, _ access: Access, _ environment: Environment.ID, _ service: Service.ID?
    ) async throws -> [Variable] {
        let affected = try await projects.setVariables(access, environment, service, request)
        if request.redeploy {
            try await redeploy(affected, access, environment)
        }
        return try await projects.variables(access, environment, service)
    }

    private func remove(_ name: String, _ access: Access, _ environment: Environment.ID, _ service: Service.ID?) async throws {
        let affected = try await projects.removeVariable(access, environment, service, name: name)
        try await redeploy(affected, access, environment)
    }

    /// Builds can read variables, so what runs is built again.
    private func redeploy(_ services: Set<Service.ID>, _ access: Access, _ environment: Environment.ID) async throws {
        guard !services.isEmpty else { return }
        _ = try await deployments.apply(
            access.with(.deploymentWrite), changeOf: .variables,
            to: services.sorted().map { ServiceInstance(environment: environment, service: $0) }, rebuild: true)
    }
}
