import HTTPTypes
import Kernel
import Projects
import Resources

/// Projects and their environments.
struct ProjectOperations: Sendable {
    let projects: ProjectService

    /// `PATCH` of whatever has only a name to change.
    struct Rename: Decodable, Sendable {
        var name: String
    }

    var all: [Operation] {
        [
            Operation("projects.list", .get, "/projects", .projectRead) { [projects] _, access in
                try await projects.projects(access)
            },
            Operation("projects.create", .post, "/projects", .projectWrite, taking: CreateProject.self, status: .created) {
                [projects] _, access, input in
                try await projects.createProject(access, input)
            },
            Operation("projects.get", .get, "/projects/{project}", .projectRead) { [projects] call, access in
                try await projects.project(access, call.id("project"))
            },
            Operation("projects.rename", .patch, "/projects/{project}", .projectWrite, taking: Rename.self) {
                [projects] call, access, input in
                try await projects.renameProject(access, call.id("project"), to: input.name)
            },
            Operation("projects.delete", .delete, "/projects/{project}", .projectDelete) { [projects] call, access in
                try await projects.deleteProject(access, call.id("project"))
            },
            Operation(
                "environments.create", .post, "/projects/{project}/environments", .projectWrite, taking: CreateEnvironment.self,
                status: .created
            ) { [projects] call, access, input in
                try await projects.createEnvironment(access, call.id("project"), input)
            },
            Operation("environments.delete", .delete, "/environments/{environment}", .projectDelete) { [projects] call, access in
                try await projects.deleteEnvironment(access, call.id("environment"))
            },
        ]
    }
}
