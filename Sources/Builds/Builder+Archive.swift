import FoundationEssentials
public import Resources

extension Builder {
    /// The label that all images of this installation bear, beside others.
    public var imageLabel: [String: String] {
        [ImageNames.instanceLabel: configuration.instance]
    }

    /// Whether a name is one that this installation gave an application's image.
    public func isApplicationImage(_ name: String) -> Bool {
        ImageNames(instance: configuration.instance).isApplication(name)
    }

    /// Hands an image to `body` as an archive in the form of `docker save`, for an engine that has a store of its own; the image's
    /// id is the same there. The file is gone afterwards, or with the next clean-up when the process dies.
    /// - Parameter deployment: which it was built for.
    /// - Throws: `SwitchyardError` with `BUILD_TOOL_FAILED`, `DISK_FULL` or `BUILD_RUNS`; what `body` throws.
    public func withArchive<Value: Sendable>(
        of image: BuiltImage, for deployment: Deployment.ID, _ body: (_ path: String) async throws -> Value
    ) async throws -> Value {
        let directory = "\(configuration.workDirectory)/\(deployment)"
        guard let lock = try MachineLock.tryAcquire(directory + ".lock") else { throw Self.alreadyRuns }
        let result: Result<Value, any Error>
        do {
            try makePrivateFolder(directory)
            let archive = directory + "/image.tar"
            let buildah = Buildah(configuration: configuration, temporaryDirectory: directory)
            try await buildah.output(["push", "--quiet", "--", image.id, "docker-archive:\(archive):\(image.reference)"])
            result = .success(try await body(archive))
        } catch {
            result = .failure(error)
        }
        try? FileManager.default.removeItem(atPath: directory)
        lock.discard()
        return try result.get()
    }
}
