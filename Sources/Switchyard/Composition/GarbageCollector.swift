import Builds
import Deployments
import Kernel
import Logging

/// Every ten minutes: images, layers, dead builds' containers and uploads that no kept version needs.
struct GarbageCollector: Sendable {
    let deployer: Deployer
    let builder: Builder
    /// Nil when the engine has the store that is built into.
    let handover: ImageHandover?
    let blobs: DiskBlobStore
    let keptDeployments: Int
    let logger: Logger

    func run() async {
        while !Task.isCancelled {
            do {
                try await collect()
            } catch {
                logger.warning("garbage was not collected", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: .seconds(600))
        }
    }

    func collect() async throws {
        let kept = try await deployer.kept(count: keptDeployments)
        var images = kept.images
        if let handover { images.formUnion(try await handover.names(of: kept.images)) }
        var report = try await builder.collectGarbage(keeping: images)
        if let handover { report.images += try await handover.removeImages(keeping: images) }
        let uploads = blobs.collect(keeping: kept.uploads, olderThan: .seconds(3600))
        logger.info("garbage was collected", metadata: ["images": "\(report)", "uploads": "\(uploads)"])
    }
}
