import FoundationEssentials
import Glibc
import Kernel
import Resources

/// Makes the image of a source in a language of the stack: dependencies first, as an image of their own that is used again
/// until what they are made from changes; then one layer with the source and what was built of it.
struct LanguageBuild: Sendable {
    let context: BuildContext
    let plan: LanguagePlan

    func run() async throws -> (id: String, reusedDependencies: Bool?) {
        let dependencies = try await self.dependencies()
        let id: String
        switch plan.output {
        case .everything: id = try await everything(over: dependencies?.reference)
        case .program, .compiledFolder, .folder: id = try await compiled(over: dependencies?.reference)
        }
        return (id, dependencies?.wasThere)
    }

    /// The command of a replica. Bash replaces itself by a command that is alone or the last one, so that the application is
    /// the container's first process and gets the signals.
    var command: [String] {
        ["/bin/bash", "-c", plan.startCommand]
    }

    // MARK: Dependencies

    private func dependencies() async throws -> (reference: String, wasThere: Bool)? {
        guard let install = plan.install else { return nil }
        async let ensured = context.ensure(plan.language.buildFlavour)
        async let ensuredBase = context.ensure(plan.output == .everything ? plan.runFlavour : plan.language.buildFlavour)
        let (build, base) = try await (ensured, ensuredBase)
        let variables = context.request.variables.filter { variable in
            install.variablePrefixes.contains { variable.key.hasPrefix($0) }
        }
        let key = try await key(install, variables: variables, images: [base.id, build.id])
        let reference = context.names.dependencies(context.request, key: key)
        markUsed(key)
        if try await context.buildah.imageID(reference) != nil {
            await context.log.append(.info, "dependencies are unchanged: nothing to install")
            return (reference, true)
        }
        let folder = "\(context.directory)/dependencies"
        if let files = install.files { try context.stage(files, generated: install.generated, to: folder) }
        let source = install.files == nil ? context.source : folder
        let ignore = try context.writeIgnoreFile(plan.excluded)
        try await context.withContainer("install", from: build.reference) { container in
            try await container.copy(contentsOf: source, to: "/app", excluding: install.files == nil ? ignore : nil)
            try await context.run(BuildStep(name: "install", commands: install.commands), in: container, variables: variables)
            if plan.output == .everything {
                try await context.withContainer("dependencies", from: base.reference) { run in
                    for path in install.keeps { try await run.copy(path, from: container, to: path) }
                    try await commit(run, kind: "dependencies", as: reference)
                }
                await context.buildah.remove(container: container.name)
            } else {
                try await commit(container, kind: "dependencies", as: reference)
            }
        }
        return (reference, false)
    }

    private func key(_ install: InstallStep, variables: [String: String], images: [String]) async throws -> String {
        let source = context.source
        return try await BlockingWork.run {
            var key = DependencyKey()
            key.add(images + install.commands)
            key.add(install.generated)
            key.add(variables)
            if let files = install.files {
                for path in files { key.add(file: source + "/" + path, name: path) }
            } else {
                key.add(folder: source)
            }
            return key.finish()
        }
    }

    /// The time of the last use is that of a file, which collection reads.
    private func markUsed(_ key: String) {
        let folder = context.cacheDirectory + "/used"
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try? Data().write(to: URL(filePath: folder + "/" + key))
    }

    // MARK: Code

    private func everything(over dependencies: String?) async throws -> String {
        let image = try await base(dependencies, plan.runFlavour)
        let ignore = try context.writeIgnoreFile(plan.excluded)
        return try await context.withContainer("code", from: image) { container in
            try await container.copy(contentsOf: context.source, to: "/app", excluding: ignore)
            try await build(in: container)
            return try await commitFinal(container)
        }
    }

    private func compiled(over dependencies: String?) async throws -> String {
        if case .folder(let folder) = plan.output, plan.buildCommands.isEmpty { return try await served(folder) }
        let image = try await base(dependencies, plan.language.buildFlavour)
        let runImage = try await context.ensure(plan.runFlavour).reference
        let gitIgnore = try context.writeIgnoreFile(plan.language == .node ? plan.excluded : [".git"])
        return try await context.withContainer("code", from: image) { container in
            try await container.copy(contentsOf: context.source, to: "/app", excluding: gitIgnore)
            try await build(in: container)
            let id = try await context.withContainer("run", from: runImage) { run in
                switch plan.output {
                case .program:
                    let ignore = try context.writeIgnoreFile(plan.excluded)
                    try await run.copy(contentsOf: context.source, to: "/app", excluding: ignore)
                    try await copyResult(LanguagePlan.programPath, from: container, to: run, as: LanguagePlan.programPath)
                case .folder(let folder):
                    try await copyResult(folder == "." ? "/app" : "/app/\(folder)", from: container, to: run, as: "/app")
                case .everything, .compiledFolder: try await run.copy("/app", from: container, to: "/app")
                }
                return try await commitFinal(run)
            }
            await context.buildah.remove(container: container.name)
            return id
        }
    }

    /// A static site that needs no building.
    private func served(_ folder: String) async throws -> String {
        let source = folder == "." ? context.source : "\(context.source)/\(folder)"
        var status = stat()
        guard SourceDirectory.contains(source, root: context.source), stat(source, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw missing(folder)
        }
        let image = try await context.ensure(plan.runFlavour).reference
        let ignore = try context.writeIgnoreFile(plan.excluded)
        return try await context.withContainer("code", from: image) { container in
            try await container.copy(contentsOf: source, to: "/app", excluding: ignore)
            return try await commitFinal(container)
        }
    }

    private func base(_ dependencies: String?, _ flavour: Flavour) async throws -> String {
        if let dependencies { return dependencies }
        return try await context.ensure(flavour).reference
    }

    private func build(in container: WorkingContainer) async throws {
        let variables = plan.environment.merging(context.request.variables) { $1 }
        try await context.run(BuildStep(name: "build", commands: plan.buildCommands), in: container, variables: variables)
    }

    private func copyResult(_ path: String, from container: WorkingContainer, to run: WorkingContainer, as target: String) async throws {
        do {
            try await run.copy(path, from: container, to: target)
        } catch let error as SwitchyardError where error.message.contains("no such file") {
            throw missing(path)
        }
    }

    private func missing(_ path: String) -> SwitchyardError {
        SwitchyardError(
            .invalid, code: "BUILD_OUTPUT_NOT_FOUND", "the build left no '\(SourceDirectory.printable(path))'",
            hint: "check the build command and the folder that it writes to, or set a start command")
    }

    // MARK: Images

    private func commit(_ container: WorkingContainer, kind: String, as reference: String) async throws {
        try await container.configure(labelOptions(kind))
        _ = try await container.commit(as: reference)
    }

    private func commitFinal(_ container: WorkingContainer) async throws -> String {
        var options = ["--user", "1000:1000", "--workingdir", "/app", "--cmd", Buildah.quoted(command)]
        options += labelOptions(ImageNames.applicationKind)
        for (name, value) in plan.environment.sorted(by: { $0.key < $1.key }) { options += ["--env", "\(name)=\(value)"] }
        try await container.configure(options)
        return try await container.commit(as: context.names.image(context.request))
    }

    private func labelOptions(_ kind: String) -> [String] {
        context.names.labels(context.request, kind: kind).sorted { $0.key < $1.key }.flatMap { ["--label", "\($0.key)=\($0.value)"] }
    }
}
