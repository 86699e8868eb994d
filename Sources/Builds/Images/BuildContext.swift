import Kernel
import Processes
import Resources

/// One build under way: what is built, where, by what means.
struct BuildContext: Sendable {
    let request: BuildRequest
    let configuration: BuilderConfiguration
    let names: ImageNames
    let buildah: Buildah
    let log: StepLog
    /// A folder of its own, gone when the build ends.
    let directory: String
    /// The folder of the source that is built.
    var source: String
    let controlGroup: BuildControlGroup?

    var stack: Stack {
        Stack(configuration: configuration)
    }

    /// Kept between builds: what package managers have downloaded for this service.
    var cacheDirectory: String {
        "\(configuration.cacheDirectory)/\(request.environment)-\(request.service)"
    }

    var resources: ResourceOptions {
        ResourceOptions(limits: configuration.limits, controlGroup: controlGroup?.containers)
    }

    func ensure(_ flavour: Flavour) async throws -> (reference: String, id: String) {
        try await stack.ensure(flavour) { level, text in await log.append(level, text) }
    }

    func containerName(_ role: String) -> String {
        names.containerPrefix("\(request.id)") + role
    }

    func withContainer<Value: Sendable>(
        _ role: String, from image: String, _ body: (WorkingContainer) async throws -> Value
    ) async throws -> Value {
        try await buildah.withContainer(name: containerName(role), from: image, options: resources.arguments, body)
    }

    /// Runs a command of Buildah that runs users' commands, and tells what went wrong when it fails.
    /// - Parameter step: `install` or `build`.
    func stream(_ arguments: [String], step: BuildStep) async throws {
        let watch = OutOfMemoryWatch(group: controlGroup)
        let progress = StepProgress(commands: step.commands)
        let exit = try await watch.during {
            try await buildah.command(arguments).stream { output in
                var line = output
                for (alias, name) in step.aliases { line.text = line.text.replacing(alias, with: name) }
                await progress.see(line.text)
                await watch.see(line.text)
                let isNoise = line.stream == .error && BuildStep.isNoise(line.text)
                await log.append(isNoise ? .debug : .info, line.text)
            }
        }
        guard exit != .exited(0) else { return }
        if await watch.wasKilled(exit: exit) {
            throw SwitchyardError(
                .invalid, code: "BUILD_OUT_OF_MEMORY",
                "\(await progress.place(step)) was ended because it needed more than the \(configuration.limits.memory >> 20) MiB that a build may use",
                hint: "make the build need less memory, or have the operator raise the limit")
        }
        if await progress.isDiskFull {
            throw SwitchyardError(
                .unavailable, code: "DISK_FULL", "\(await progress.place(step)) failed: the disk is full",
                hint: "free some space, then deploy again")
        }
        let tail = await log.lines.last { !BuildStep.isNoise($0) && !$0.trimmed.isEmpty } ?? "it wrote nothing"
        throw SwitchyardError(
            .invalid, code: "BUILD_FAILED",
            "\(await progress.place(step)) failed with \(BuildStep.text(exit)): \(SourceDirectory.printable(String(tail.prefix(300))))",
            hint: "the build log has the rest; mend the source or the command, and deploy again")
    }
}
