import FoundationEssentials
import Glibc
import Kernel
import Processes
public import Resources

/// The base images of this machine, made from Debian's packages when they are first needed, and shared by all installations
/// on it. No registry takes part.
public struct Stack: Sendable {
    private let configuration: BuilderConfiguration

    public init(configuration: BuilderConfiguration) {
        self.configuration = configuration
    }

    /// Makes the images for these languages ahead of time, build flavours as well.
    /// - Parameter rebuild: makes them anew, with Debian's newest packages, also when they are there.
    /// - Throws: `SwitchyardError` with `STACK_FAILED`.
    public func prepare(
        _ languages: [Language] = Language.allCases, rebuild: Bool = false,
        onLine: @escaping @Sendable (LogLevel, String) async -> Void
    ) async throws {
        var flavours: [Flavour] = []
        for flavour in languages.flatMap({ [$0.runFlavour, $0.buildFlavour] }) {
            for flavour in flavour.lineage where !flavours.contains(flavour) { flavours.append(flavour) }
        }
        for flavour in flavours { try await make(flavour, rebuild: rebuild, onLine: onLine) }
    }

    /// The image of a flavour; it is made now when it isn't there.
    /// - Returns: the image's reference and its id in hex.
    func ensure(
        _ flavour: Flavour, onLine: @escaping @Sendable (LogLevel, String) async -> Void
    ) async throws -> (reference: String, id: String) {
        let reference = StackRecipe(flavour: flavour).reference
        if let id = try await buildah.imageID(reference) { return (reference, id) }
        for flavour in flavour.lineage { try await make(flavour, rebuild: false, onLine: onLine) }
        guard let id = try await buildah.imageID(reference) else {
            throw SwitchyardError(.internalFault, code: "STACK_FAILED", "the base image \(reference) was made, but is gone")
        }
        return (reference, id)
    }

    private var buildah: Buildah {
        Buildah(configuration: configuration, temporaryDirectory: configuration.workDirectory)
    }

    private func make(
        _ flavour: Flavour, rebuild: Bool, onLine: @escaping @Sendable (LogLevel, String) async -> Void
    ) async throws {
        let recipe = StackRecipe(flavour: flavour)
        let lock = try await MachineLock.acquire("\(configuration.stack.lockDirectory)/switchyard-stack-\(flavour.rawValue).lock") {
            await onLine(.info, "waiting for the base image '\(flavour.rawValue)', which is being made by another build")
        }
        defer { withExtendedLifetime(lock) {} }
        let present = try await buildah.imageID(recipe.reference)
        guard rebuild || present == nil else { return }
        await onLine(.info, "making the base image '\(flavour.rawValue)' (once on this machine)")
        let log = StepLog(onLine)
        let name = "switchyard-stack-\(flavour.rawValue)"
        let buildah = buildah
        // The lock is ours, so that whatever still runs in the group was left by a process that died.
        let group = configuration.controlGroup.map { BuildControlGroup(path: "\($0)/stack-\(flavour.rawValue)") }
        await group?.clear()
        do {
            if let parent = flavour.parent {
                try await buildah.withContainer(name: name, from: StackRecipe(flavour: parent).reference, options: containerOptions(group))
                { container in
                    try await install(recipe, in: container, log)
                    try await finish(recipe, container)
                }
            } else {
                try await buildah.withContainer(name: name, from: "scratch") { container in
                    try await bootstrap(into: container, log)
                    try await finish(recipe, container)
                }
            }
        } catch let error as SwitchyardError where error.code == "BUILD_TOOL_FAILED" || error.code == "STACK_FAILED" {
            throw SwitchyardError(
                .unavailable, code: "STACK_FAILED", "the base image '\(flavour.rawValue)' could not be made: \(error.message)",
                hint: "check that this machine reaches its Debian mirror", cause: error)
        }
        if let present, present != (try await buildah.imageID(recipe.reference)) {
            // Images of applications may still be made from the old one: then it stays until they are gone.
            _ = try? await buildah.output(["rmi", present])
        }
    }

    private func bootstrap(into container: WorkingContainer, _ log: StepLog) async throws {
        let archive = "\(configuration.workDirectory)/stack-\(getpid())-\(UInt32.random(in: .min ... .max)).tar"
        defer { unlink(archive) }
        let mirror = configuration.stack.mirror ?? DebianMirror.ofThisMachine()
        let options = StackRecipe.bootstrapOptions(
            checksValidUntil: configuration.stack.checksValidUntil,
            certificates: mirror.hasPrefix("https://") ? configuration.extraCertificateAuthority : nil)
        var environment = buildah.environment
        environment["DEBIAN_FRONTEND"] = "noninteractive"
        let command = Command(
            "nice", ["-n", "10", "mmdebstrap"] + options + ["--", StackRecipe.suite, archive, mirror], environment: environment)
        try await run(command, log)
        try await container.buildah.output(["add", "--quiet", "--", container.name, archive, "/"])
    }

    private func install(_ recipe: StackRecipe, in container: WorkingContainer, _ log: StepLog) async throws {
        let command = container.buildah.command(
            ["run"] + container.buildah.isolation + ["--", container.name, "/bin/bash", "-c", recipe.installScript])
        try await run(command, log)
        for file in recipe.files {
            let path = "\(configuration.workDirectory)/stack-\(getpid())-\(UInt32.random(in: .min ... .max)).file"
            defer { unlink(path) }
            try Data(file.text.utf8).write(to: URL(filePath: path))
            try await container.buildah.output(["copy", "--quiet", "--chmod", "644", "--", container.name, path, file.path])
        }
    }

    private func finish(_ recipe: StackRecipe, _ container: WorkingContainer) async throws {
        var options = ["--label", "dev.switchyard.kind=stack", "--workingdir", "/app", "--cmd", "/bin/bash"]
        for (name, value) in recipe.environment.sorted(by: { $0.key < $1.key }) { options += ["--env", "\(name)=\(value)"] }
        try await container.configure(options)
        let id = try await container.commit(as: recipe.reference)
        try await container.buildah.output(["tag", id, recipe.alias])
    }

    private func run(_ command: Command, _ log: StepLog) async throws {
        let exit = try await command.stream(timeout: .seconds(1800)) { line in await log.append(.debug, line.text) }
        guard exit == .exited(0) else {
            throw SwitchyardError(.internalFault, code: "STACK_FAILED", await log.tail)
        }
    }

    private func containerOptions(_ group: BuildControlGroup?) -> [String] {
        ResourceOptions(limits: configuration.limits, controlGroup: group?.containers).arguments
    }
}

extension Flavour {
    /// The flavour and all it is made from, the base first.
    var lineage: [Flavour] {
        (parent?.lineage ?? []) + [self]
    }
}
