import Builds
import ContainerEngine
import FoundationEssentials
import Kernel
import Resources

/// Gives the images that were built here to an engine that has a store of its own, such as Docker, and takes them away again. An
/// engine that shares Buildah's store has them already.
struct ImageHandover: Sendable {
    let engine: EngineClient
    let builder: Builder

    /// - Returns: the image's id in the engine: the same as here, but for engines that name images by their manifests.
    func handOver(_ image: BuiltImage, of deployment: Deployment.ID) async throws -> String {
        do {
            if let present = try await id(of: image.id) { return present }
            try await builder.withArchive(of: image, for: deployment) { archive in
                try await engine.loadImages(archive: archive)
            }
            if let loaded = try await id(of: image.id) { return loaded }
            if let loaded = try await id(of: image.reference) { return loaded }
        } catch let error as EngineError {
            throw Self.failed("\(error)", cause: error)
        }
        throw Self.failed("it took the image and doesn't have it", cause: nil)
    }

    /// The names that these images have in the engine, for a builder that may know them by other ids.
    func names(of ids: Set<String>) async throws -> Set<String> {
        Set(try await images().filter { ids.contains($0.id) }.flatMap { $0.tags ?? [] })
    }

    /// Removes images of this installation that aren't to be kept. One that a container still uses stays for the next time.
    /// - Parameters:
    ///   - keeping: names and ids.
    ///   - grace: younger images stay, because their deployment may not know them yet.
    func removeImages(keeping: Set<String>, grace: Duration = .seconds(3600)) async throws -> Int {
        let youngest = Int64(Date().timeIntervalSince1970) - grace.components.seconds
        var count = 0
        for image in try await images() where image.created <= youngest && !keeping.contains(image.id) {
            let names = image.tags ?? []
            guard !names.contains(where: keeping.contains) else { continue }
            for name in names where builder.isApplicationImage(name) {
                do {
                    try await engine.removeImage(name)
                    count += 1
                } catch let error as EngineError where error.code == .conflict {}
            }
        }
        return count
    }

    /// By one label: Podman 4.3 finds nothing by two.
    private func images() async throws -> [ImageSummary] {
        try await engine.images(.labels(builder.imageLabel))
    }

    private func id(of name: String) async throws -> String? {
        do {
            return try await engine.image(name).id
        } catch let error as EngineError where error.code == .notFound {
            return nil
        }
    }

    private static func failed(_ reason: String, cause: (any Error)?) -> SwitchyardError {
        SwitchyardError(
            .unavailable, code: "IMAGE_HANDOVER_FAILED", "the image could not be given to the container engine: \(reason)",
            hint: "the operator should check the engine and the space of its store", cause: cause)
    }
}
