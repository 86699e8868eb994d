import Deployments
import HTTPTypes
import Hummingbird
import Kernel
import Monitoring
import NIOCore
import Projects
import Resources

/// Versions of services, from upload to removal, and their lines.
struct DeploymentOperations: Sendable {
    let projects: ProjectService
    let deployments: DeploymentService
    let blobs: DiskBlobStore
    let logs: LogService
    let views: DeploymentViews
    let maximumUploadSize: Int
    let uploadTimeout: Duration

    private static let list = "/environments/{environment}/services/{service}/deployments"
    private static let one = "/deployments/{deployment}"
    private static let archiveTypes: Set<String> = [
        "application/gzip", "application/x-gzip", "application/x-tar", "application/tar", "application/zstd", "application/zip",
        "application/octet-stream",
    ]

    var all: [Operation] {
        [
            Operation(
                name: "deployments.create", method: .post, path: Self.list, authorization: .permitted(.deploymentWrite),
                input: CreateDeployment.self
            ) { call in
                try JSONResponse.make(try await create(call), status: .created)
            },
            Operation("deployments.list", .get, Self.list, query: ["after", "limit"], .deploymentRead) {
                [deployments, views] call, access in
                let instance = try call.instance
                var page = try await deployments.deployments(
                    access, of: instance, before: call.queryID("after"), limit: call.number("limit", in: 1...100) ?? 20)
                page.items = try await views.complete(page.items, of: instance, access)
                return page
            },
            Operation("deployments.get", .get, Self.one, .deploymentRead) { [deployments, views] call, access in
                try await views.complete(deployments.deployment(access, call.id("deployment")), access)
            },
            command("redeploy") { try await $0.redeploy($1, $2) },
            command("restart") { try await $0.restart($1, $2) },
            command("rollback") { try await $0.rollback($1, $2) },
            command("cancel") { try await $0.cancel($1, $2) },
            command("remove") { try await $0.remove($1, $2) },
            Operation("logs.list", .get, Self.one + "/logs", query: ["kind", "after", "limit"], .logRead) {
                [deployments, logs] call, access in
                let id: Deployment.ID = try call.id("deployment")
                _ = try await deployments.deployment(access.with(.deploymentRead), id)
                return try await logs.lines(
                    access, of: .deployment(id), kind: call.choice("kind", of: LogKind.self),
                    after: call.number("after", in: 0 ... .max), limit: call.number("limit", in: 1...LogService.maximumLines) ?? 500)
            },
        ]
    }

    private func command(
        _ verb: String, _ run: @escaping @Sendable (DeploymentService, Access, Deployment.ID) async throws -> Deployment
    ) -> Operation {
        Operation("deployments.\(verb)", .post, Self.one + "/\(verb)", .deploymentWrite) { [deployments, views] call, access in
            try await views.complete(run(deployments, access, call.id("deployment")), access)
        }
    }

    private func create(_ call: OperationCall) async throws -> Deployment {
        let access = try call.access
        let instance = try call.instance
        let type = call.request.headers[.contentType].map(MediaType.essence(of:)) ?? ""
        let source = Self.archiveTypes.contains(type) ? try await upload(call, access, instance) : try await named(call)
        return try await views.complete(deployments.create(access, instance, source: source), access)
    }

    /// A Git URL or an image. An upload can't be named: whoever knows a hash could have others' sources built.
    private func named(_ call: OperationCall) async throws -> DeploymentSource {
        let source = try await call.decode(CreateDeployment.self).source
        if case .upload = source {
            throw SwitchyardError(
                .invalid, code: "SOURCE_INVALID", "an upload is the archive itself, not its hash",
                hint: "send the archive as the body with `Content-Type: application/gzip`")
        }
        return source
    }

    /// Takes an archive as it comes, hashing it on the way. One that is cut off leaves nothing.
    private func upload(_ call: OperationCall, _ access: Access, _ instance: ServiceInstance) async throws -> DeploymentSource {
        // Nothing is taken for a service that isn't there.
        _ = try await projects.entry(access.with(.projectRead), instance.environment, instance.service)
        if let length = call.request.headers[.contentLength].flatMap({ Int($0) }), length > maximumUploadSize {
            throw Self.tooLarge(maximumUploadSize)
        }
        let chunks = call.request.body.map(\.readableBytesView)
        let late = SwitchyardError(.timeout, code: "UPLOAD_TIMEOUT", "the upload took too long", hint: "try again on a better line")
        let sha256 = try await Deadline.within(uploadTimeout, or: late) { [blobs, maximumUploadSize] in
            try await blobs.put(chunks, limit: maximumUploadSize)
        }
        return .upload(sha256: sha256)
    }

    private static func tooLarge(_ limit: Int) -> SwitchyardError {
        SwitchyardError(
            .tooLarge, code: "UPLOAD_TOO_LARGE", "the upload is larger than \(limit >> 20) MiB",
            hint: "leave out what the build doesn't need with .gitignore or .yardignore")
    }
}
