import Archives
import FoundationEssentials
import Glibc
import Kernel
import Processes
public import Resources

/// Makes images of sources, and removes them again. Builds run beside each other; how many at once is up to the caller.
public struct Builder: Sendable {
    let configuration: BuilderConfiguration

    public init(configuration: BuilderConfiguration) {
        self.configuration = configuration
    }

    /// The base images that builds stand on.
    public var stack: Stack {
        Stack(configuration: configuration)
    }

    /// Makes an image of a source. When the task is cancelled, or the time is over, everything that was begun is ended and
    /// removed.
    /// - Parameter onLine: gets every line of the build's log: those of each stream of a program in their order.
    /// - Throws: `SwitchyardError`, with codes such as `NO_LANGUAGE_FOUND`, `DOCKERFILE_NOT_FOUND`, `ROOT_DIRECTORY_NOT_FOUND`,
    ///   `BASE_IMAGE_UNREACHABLE`, `BUILD_FAILED`, `BUILD_TIMEOUT`, `BUILD_OUT_OF_MEMORY`; `CancellationError`.
    public func build(
        _ request: BuildRequest, onLine: @escaping @Sendable (LogLevel, String) async -> Void
    ) async throws -> BuiltImage {
        try validate(request.variables)
        let directory = "\(configuration.workDirectory)/\(request.id)"
        let cache = "\(configuration.cacheDirectory)/\(request.environment)-\(request.service)"
        try makePrivateFolder(configuration.workDirectory)
        guard let lock = try MachineLock.tryAcquire(directory + ".lock") else {
            throw Self.alreadyRuns
        }
        for folder in [directory, cache] { try makePrivateFolder(folder) }
        try? Data().write(to: URL(filePath: cache + "/last-used"))
        let names = ImageNames(instance: configuration.instance)
        let group = configuration.controlGroup.map { BuildControlGroup(path: names.controlGroup($0, build: "\(request.id)")) }
        group?.limitProcesses(configuration.limits.processes)
        let context = BuildContext(
            request: request, configuration: configuration, names: names,
            buildah: Buildah(configuration: configuration, temporaryDirectory: cache), log: StepLog(onLine), directory: directory,
            source: "",
            controlGroup: group)
        let result: Result<BuiltImage, any Error>
        do {
            result = .success(try await withDeadline { try await make(context) })
        } catch {
            result = .failure(error)
        }
        await group?.clear()
        try? FileManager.default.removeItem(atPath: directory)
        lock.discard()
        return try result.get()
    }

    /// Refuses a repository or a reference that can never be fetched, before anything is queued. Addresses are looked up again
    /// when the build fetches.
    /// - Throws: `SwitchyardError` with `GIT_URL_INVALID`, `GIT_REFERENCE_INVALID`, or `ADDRESS_FORBIDDEN`.
    public func validateGit(url: String, reference: String?) throws {
        let url = try GitURL(url)
        if let reference { _ = try GitReference(reference) }
        guard configuration.allowsPrivateAddresses || !AddressPolicy.isPrivateLiteral(url.host) else {
            throw AddressPolicy.forbidden(url.host, address: url.host)
        }
    }

    /// Refuses the name of an image that can never be run: what is no name, what could be a piece of an image's id (which would find
    /// anybody's image on this machine), what was built here for a service, and registries at private addresses.
    /// - Throws: `SwitchyardError` with `IMAGE_NAME_INVALID`, `IMAGE_FORBIDDEN`, or `ADDRESS_FORBIDDEN`.
    public func validateImage(_ reference: String) throws {
        try ImageReference.check(
            reference, instance: configuration.instance, allowsPrivateAddresses: configuration.allowsPrivateAddresses)
    }

    /// Removes images of this installation that are not among those to keep, images of dependencies that weren't used for long,
    /// and what dead builds left. Images of others are never touched.
    /// - Parameters:
    ///   - keeping: references and ids of images that deployments need.
    ///   - grace: images younger than this stay, because their deployment may not know them yet.
    /// - Throws: `SwitchyardError` with `BUILD_TOOL_FAILED`.
    public func collectGarbage(keeping: Set<String>, grace: Duration = .seconds(3600)) async throws -> GarbageReport {
        try await ImageCollector(configuration: configuration).collect(keeping: keeping, grace: grace)
    }

    /// Ends and removes what builds left whose process has died: for the start of the server.
    /// - Throws: `SwitchyardError` with `BUILD_TOOL_FAILED`.
    public func cleanUpDeadBuilds() async throws {
        _ = try await ImageCollector(configuration: configuration).cleanUpDeadBuilds()
    }

    private func make(_ context: BuildContext) async throws -> BuiltImage {
        var context = context
        let request = context.request
        let commit = try await fetch(context)
        context.source = try SourceDirectory.resolve(request.settings.rootDirectory, in: context.directory + "/source")
        let source = context.source
        let tree = try await BlockingWork.run { try SourceTree.scan(source) }
        let plan = try Detection(tree: tree, settings: request.settings, variables: request.variables).plan()
        for reason in plan.reasons { await context.log.append(.info, reason) }
        for warning in plan.hints.unapplied { await context.log.append(.warn, warning) }
        await context.log.append(.info, plan.summary)
        var image = BuiltImage(
            reference: context.names.image(request), id: "", command: nil, exposedPorts: [], planSummary: plan.summary, hints: plan.hints,
            commit: commit, reusedDependencies: nil)
        switch plan {
        case .language(let plan):
            let build = LanguageBuild(context: context, plan: plan)
            let made = try await build.run()
            image.id = "sha256:" + made.id
            image.reusedDependencies = made.reusedDependencies
            image.command = build.command
        case .dockerfile(let path, let hints, _):
            let made = try await DockerfileBuild(context: context, path: path).run()
            image.id = "sha256:" + made.id
            image.exposedPorts = made.ports
            // Not every image has Bash.
            image.command = hints.startCommand.map { ["/bin/sh", "-c", $0] }
            guard made.hasCommand || image.command != nil else {
                throw SwitchyardError(
                    .invalid, code: "START_COMMAND_NOT_FOUND", "the image has neither CMD nor ENTRYPOINT, and there is no start command",
                    hint: "add CMD to the Dockerfile, or set the service's start command")
            }
        }
        return image
    }

    private func fetch(_ context: BuildContext) async throws -> Commit? {
        let target = context.directory + "/source"
        try makePrivateFolder(target)
        var commit: Commit?
        var archive: String
        switch context.request.source {
        case .archive(let path): archive = path
        case .git(let url, let reference):
            await context.log.append(.info, "fetching the repository")
            archive = context.directory + "/source.tar"
            let folder = context.directory + "/git"
            try makePrivateFolder(folder)
            let fetched = try await GitSource(configuration: configuration, directory: folder).fetch(url, reference: reference, to: archive)
            let subject = fetched.message.split(separator: "\n").first.map { SourceDirectory.printable(String($0)) } ?? ""
            await context.log.append(.info, "at commit \(fetched.hash.prefix(12)): \(subject)")
            commit = fetched
        }
        let extractor = ArchiveExtractor(limits: configuration.limits.source)
        let cancelled = CancellationFlag()
        do {
            try await withTaskCancellationHandler {
                try await BlockingWork.run { [archive] in
                    try extractor.extract(archiveAt: archive, into: target, isCancelled: { cancelled.isSet })
                }
            } onCancel: {
                cancelled.set()
            }
        } catch let error as ArchiveError {
            throw error.asSwitchyardError
        }
        return commit
    }

    static var alreadyRuns: SwitchyardError {
        SwitchyardError(.conflict, code: "BUILD_RUNS", "this deployment is being built already")
    }

    private func validate(_ variables: [String: String]) throws {
        for (name, value) in variables {
            let isName =
                !name.isEmpty && name.utf8.count <= 256 && name.first?.isNumber == false
                && name.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                        UInt8(ascii: "0")...UInt8(ascii: "9"),
                        UInt8(ascii: "_"):
                        true
                    default: false
                    }
                }
            guard isName, !value.utf8.contains(0), value.utf8.count <= 64 << 10 else {
                throw SwitchyardError(
                    .invalid, code: "VARIABLE_INVALID", "the variable '\(SourceDirectory.printable(name))' can't be given to a build",
                    hint: "names have letters, digits and underscores; values have no NUL and at most 64 KiB")
            }
        }
    }

    func makePrivateFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw SwitchyardError(
                .internalFault, code: "BUILD_FOLDER_UNWRITABLE", "the folder for builds can't be made", hint: "check space and permissions",
                cause: error)
        }
        chmod(path, 0o700)
    }

    private func withDeadline<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let limit = configuration.limits.timeout
        let value: Result<Value, any Error>? = await withTaskGroup { tasks in
            tasks.addTask { () async -> Result<Value, any Error>? in
                do { return .success(try await body()) } catch { return .failure(error) }
            }
            tasks.addTask { () async -> Result<Value, any Error>? in
                try? await Task.sleep(for: limit)
                return nil
            }
            let first = await tasks.next() ?? nil
            tasks.cancelAll()
            return first
        }
        try Task.checkCancellation()
        guard let value else {
            throw SwitchyardError(
                .timeout, code: "BUILD_TIMEOUT", "the build took longer than \(limit.components.seconds) s and was ended",
                hint: "make it shorter, or have the operator raise the limit")
        }
        do {
            return try value.get()
        } catch let error as ProcessError {
            throw SwitchyardError(
                error.code == .timedOut ? .timeout : .internalFault, code: error.code == .timedOut ? "BUILD_TIMEOUT" : "BUILD_TOOL_FAILED",
                error.code == .notFound
                    ? "a program that builds need is not installed: \(error.message)" : "a step of the build could not be run",
                hint: "the operator's preflight tells what is missing", cause: error)
        }
    }
}
