import FoundationEssentials
import Glibc
import Kernel
import Processes
import Resources

/// Makes the image of a source with a Dockerfile of its own, layer by layer, so that unchanged steps are not run again.
struct DockerfileBuild: Sendable {
    let context: BuildContext
    /// Below the root directory.
    let path: String

    func run() async throws -> (id: String, ports: [Int], hasCommand: Bool) {
        let dockerfile = try read()
        let arguments = context.request.variables.filter { dockerfile.declaredArguments.contains($0.key) }
        let findings = try DockerfileReview(
            dockerfile: dockerfile, given: arguments, instance: context.configuration.instance,
            allowsPrivateAddresses: context.configuration.allowsPrivateAddresses
        ).findings()
        // Two builds of one service would use each other's layers, and clean up after each other.
        let lockPath = "\(context.cacheDirectory)/dockerfile.lock"
        try FileManager.default.createDirectory(atPath: context.cacheDirectory, withIntermediateDirectories: true)
        let lock = try await MachineLock.acquire(lockPath) {
            await context.log.append(.info, "waiting for another build of this service")
        }
        defer { withExtendedLifetime(lock) {} }
        var aliases: [String: String] = [:]
        for (index, image) in findings.images.sorted().enumerated() {
            try await fetch(image)
            let alias = context.names.base(context.request, index: index)
            try await context.buildah.output(["tag", image, alias])
            aliases[image] = alias
        }
        let text = dockerfile.rewritten(
            labels: context.names.scopeLabels(context.request), bases: findings.bases, aliases: aliases)
        let file = "\(context.directory)/Dockerfile"
        try Data(text.utf8).write(to: URL(filePath: file))
        let step = BuildStep(name: "Dockerfile", commands: [], aliases: Dictionary(uniqueKeysWithValues: aliases.map { ($1, $0) }))
        let result: Result<Void, any Error>
        do {
            result = .success(try await context.stream(try options(dockerfile, file: file, arguments: arguments), step: step))
        } catch {
            result = .failure(error)
        }
        await cleanUp(afterFailure: (try? result.get()) == nil)
        try result.get()
        return try await inspect()
    }

    private func read() throws -> Dockerfile {
        let file = "\(context.source)/\(path)"
        guard SourceDirectory.contains(file, root: context.source), let data = FileManager.default.contents(atPath: file) else {
            throw SwitchyardError(
                .invalid, code: "DOCKERFILE_NOT_FOUND", "the source has no readable Dockerfile '\(SourceDirectory.printable(path))'",
                hint: "the path counts from the root directory")
        }
        guard data.count <= 1 << 20 else {
            throw SwitchyardError(.invalid, code: "DOCKERFILE_INVALID", "the Dockerfile is larger than 1 MiB")
        }
        return Dockerfile(String(decoding: data, as: UTF8.self))
    }

    private func options(_ dockerfile: Dockerfile, file: String, arguments: [String: String]) throws -> [String] {
        var options = ["build", "--layers", "--force-rm", "--pull=never", "--format", "docker"] + context.buildah.isolation
        options += context.resources.arguments
        options += ["--file", file, "--tag", context.names.image(context.request)]
        for (name, value) in context.names.labels(context.request, kind: ImageNames.applicationKind).sorted(by: { $0.key < $1.key }) {
            options += ["--label", "\(name)=\(value)"]
        }
        var given = arguments
        if let certificates = try context.certificates(), !dockerfile.lines.contains(where: { $0.contains("ca-certificates") }) {
            // Where the Dockerfile itself installs certificates, a mount in their place would stop it.
            options += ["--volume", "\(certificates):/etc/ssl/certs/ca-certificates.crt:ro"]
            for name in ["SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "GIT_SSL_CAINFO"]
            where dockerfile.declaredArguments.contains(name) && given[name] == nil {
                given[name] = "/etc/ssl/certs/ca-certificates.crt"
            }
        }
        for (name, value) in given.sorted(by: { $0.key < $1.key }) { options += ["--build-arg", "\(name)=\(value)"] }
        for (index, name) in dockerfile.secrets.sorted().enumerated() {
            guard let value = context.request.variables[name] else { continue }
            let secret = "\(context.directory)/secret-\(index)"
            try StepScript.write(value, to: secret)
            // Without a type, Buildah takes the source for the name of a variable when there is one of that name.
            options += ["--secret", "id=\(name),src=\(secret),type=file"]
        }
        let ignoreFile = "\(context.source)/.dockerignore"
        if SourceDirectory.contains(ignoreFile, root: context.source) { options += ["--ignorefile", ignoreFile] }
        return options + ["--", context.source]
    }

    /// Brings an image onto this machine before the build, so that its absence is told apart from a failing step.
    private func fetch(_ image: String) async throws {
        if image.hasPrefix(StackRecipe.repository + ":") {
            let name = image.dropFirst(StackRecipe.repository.count + 1)
            guard let flavour = Flavour(rawValue: String(name)) else {
                throw SwitchyardError(
                    .invalid, code: "BASE_IMAGE_UNREACHABLE", "the stack has no image '\(name)'",
                    hint: "it has: \(Flavour.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            let stack = try await context.ensure(flavour)
            try await context.buildah.output(["tag", stack.reference, image])
            return
        }
        if try await context.buildah.imageID(image) == nil {
            await context.log.append(.info, "fetching the image \(image)")
            let credentials = context.buildah.registryCredentials.map { ["--authfile", $0] } ?? []
            let finished = try await context.buildah.command(["pull", "--quiet"] + credentials + ["--", image]).run(timeout: .seconds(900))
            guard finished.isSuccess else {
                let reason = finished.errorOutput.split(separator: "\n").last.map(String.init) ?? "unknown"
                throw SwitchyardError(
                    .invalid, code: "BASE_IMAGE_UNREACHABLE",
                    "the image '\(image)' that the Dockerfile builds from could not be fetched: \(SourceDirectory.printable(String(reason.suffix(300))))",
                    hint:
                        "check its name and that this machine reaches its registry; \(StackRecipe.repository):python and others are made here"
                )
            }
        }
        let triggers = try await context.buildah.output(["inspect", "--type", "image", "--format", "{{.Docker.Config.OnBuild}}", image])
        guard !triggers.contains("from="), !triggers.contains("://") else {
            throw SwitchyardError(
                .invalid, code: "DOCKERFILE_FORBIDDEN", "the image '\(image)' has ONBUILD instructions that reach out of the build",
                hint: "build from another image")
        }
    }

    private func inspect() async throws -> (id: String, ports: [Int], hasCommand: Bool) {
        let reference = context.names.image(context.request)
        let text = try await context.buildah.output(["inspect", "--type", "image", reference])
        guard let root = try? ManifestValue(json: text), let id = root["FromImageID"]?.string else {
            throw SwitchyardError(.internalFault, code: "BUILD_TOOL_FAILED", "the image that was built can't be inspected")
        }
        let config = root["OCIv1"]?["config"]
        let ports = config?["ExposedPorts"]?.keys.compactMap { $0.hasSuffix("/udp") ? nil : Int($0.prefix { $0.isNumber }) } ?? []
        let hasCommand = !(config?["Cmd"]?.strings ?? []).isEmpty || !(config?["Entrypoint"]?.strings ?? []).isEmpty
        return (id, ports.sorted(), hasCommand)
    }

    /// Working containers of this service that a killed Buildah left are known by the names and labels of their images.
    private func cleanUp(afterFailure: Bool) async {
        let collector = ImageCollector(configuration: context.configuration)
        let scope = ImageNames.scope(context.request)
        await Task {
            if afterFailure { await collector.removeContainers(scope: scope) }
            await collector.removeBaseNames(scope: scope)
        }.value
    }
}
