import Kernel
import Processes

/// A container that an image is made in. It is removed at the end of ``Buildah/withContainer(name:from:options:_:)``, whatever
/// happens, and is found by its name when this process dies before that.
struct WorkingContainer: Sendable {
    let buildah: Buildah
    let name: String

    /// Copies a folder's contents into a folder of the container, all owned by the application's account.
    /// - Parameter excluding: a file of patterns (`.dockerignore` syntax) for what stays out.
    func copy(contentsOf source: String, to destination: String, excluding ignoreFile: String? = nil) async throws {
        let ignore = ignoreFile.map { ["--contextdir", source, "--ignorefile", $0] } ?? []
        try await buildah.output(
            ["copy", "--quiet", "--chown", "1000:1000"] + ignore + ["--", name, source, destination])
    }

    func copy(_ path: String, from other: WorkingContainer, to destination: String) async throws {
        try await buildah.output(["copy", "--quiet", "--chown", "1000:1000", "--from", other.name, "--", name, path, destination])
    }

    func configure(_ options: [String]) async throws {
        try await buildah.output(["config"] + options + ["--", name])
    }

    /// Makes an image of the container and removes the container.
    /// - Returns: the image's id, in hex.
    func commit(as reference: String) async throws -> String {
        let id = try await buildah.output(["commit", "--quiet", "--rm", "--", name, reference])
        return id.split(separator: "\n").last.map { $0.trimmed } ?? ""
    }
}

extension Buildah {
    /// Makes a working container, hands it to `body`, and removes it. One of the same name that was left behind is removed first.
    func withContainer<Value: Sendable>(
        name: String, from image: String, options: [String] = [], _ body: (WorkingContainer) async throws -> Value
    ) async throws -> Value {
        func create() async throws { try await output(["from", "--quiet", "--pull=never", "--name", name] + options + ["--", image]) }
        do {
            try await create()
        } catch let error as SwitchyardError where error.message.contains("already in use") {
            await remove(container: name)
            try await create()
        }
        do {
            let value = try await body(WorkingContainer(buildah: self, name: name))
            return value
        } catch {
            await remove(container: name)
            throw error
        }
    }

    /// Also when the task is cancelled: what was begun is cleaned up.
    func remove(container name: String) async {
        await Task { _ = try? await command(["rm", name]).run(timeout: .seconds(60)) }.value
    }
}
