import Builds
import ContainerEngine
import FoundationEssentials
import Kernel
import Logging
import Orchestrator
import OrchestratorEngine
import Processes
import Resources
import TestSupport
import Testing

@testable import Switchyard

@Suite("Images for the engine of somebody else", .timeLimit(.minutes(3)))
struct ImageHandoverTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// A builder with an instance name of its own, whose images are removed at the end.
    private func withBuilder(_ runtime: String?, _ body: (Builder, String) async throws -> Void) async throws {
        let folder = try TestFolder.make()
        let builder = Builder(
            configuration: BuilderConfiguration(
                instance: "swhand\(UInt16.random(in: .min ... .max))", workDirectory: folder + "/work", cacheDirectory: folder + "/cache",
                runtime: runtime))
        let result: Result<Void, any Error>
        do { result = .success(try await body(builder, folder)) } catch { result = .failure(error) }
        _ = try? await builder.collectGarbage(keeping: [], grace: .seconds(-60))
        TestFolder.remove(folder)
        try result.get()
    }

    private func build(_ builder: Builder, in folder: String) async throws -> (image: BuiltImage, deployment: Deployment.ID) {
        try await TestImage.ensure()
        try FileManager.default.createDirectory(atPath: folder + "/source", withIntermediateDirectories: true)
        let dockerfile = "FROM \(TestImage.reference)\nRUN echo built > /built\nCMD [\"sleep\", \"1000\"]\n"
        try Data(dockerfile.utf8).write(to: URL(filePath: folder + "/source/Dockerfile"))
        let packed = try await Command("tar", ["-czf", folder + "/source.tar.gz", "-C", folder + "/source", "."]).run()
        try #require(packed.isSuccess)
        let request = BuildRequest(
            id: .new(), workspace: .new(), service: .new(), environment: .new(), source: .archive(path: folder + "/source.tar.gz"),
            settings: ServiceSettings(), variables: [:])
        return (try await builder.build(request) { _, _ in }, request.id)
    }

    @Test("what was built is handed over with its id, runs there, and goes when nobody needs it")
    func handsOver() async throws {
        try await SeparateEngine.with { engine in
            try await withBuilder(engine.runtime) { builder, folder in
                let (image, deployment) = try await build(builder, in: folder)
                let orchestrator = try EngineOrchestrator(client: engine.client, instance: TestEngine.instance, logger: Self.logger)
                #expect(try await orchestrator.image(image.id) == nil)
                let handover = ImageHandover(engine: engine.client, builder: builder)
                #expect(try await handover.handOver(image, of: deployment) == image.id)
                #expect(try await handover.handOver(image, of: deployment) == image.id)
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/work") == [])

                var workload = TestEngine.workload(in: .new(), running: ["sh", "-c", "cat /built && exec sleep 1000"])
                workload.image = image.id
                try await orchestrator.ensureNetwork(for: workload.id.environment)
                #expect(try await orchestrator.apply(workload).state.isRunning)

                let kept = try await handover.names(of: [image.id])
                #expect(kept == [image.reference])
                #expect(try await handover.removeImages(keeping: kept, grace: .seconds(-60)) == 0)
                #expect(try await handover.removeImages(keeping: [image.id], grace: .seconds(-60)) == 0)
                #expect(try await handover.removeImages(keeping: [], grace: .seconds(3600)) == 0)
                // A replica still runs it.
                #expect(try await handover.removeImages(keeping: [], grace: .seconds(-60)) == 0)
                try await orchestrator.remove(workload.id)
                #expect(try await handover.removeImages(keeping: [], grace: .seconds(-60)) == 1)
                #expect(try await orchestrator.image(image.id) == nil)
            }
        }
    }

    @Test("an engine with the same store has it already")
    func sameStore() async throws {
        let engine = try await TestEngine.shared()
        try await withBuilder(engine.service.runtime) { builder, folder in
            let (image, deployment) = try await build(builder, in: folder)
            let handover = ImageHandover(engine: engine.client, builder: builder)
            #expect(try await handover.handOver(image, of: deployment) == image.id)
            #expect(try await handover.names(of: [image.id]) == [image.reference])
            #expect(try await handover.names(of: ["sha256:none"]) == [])
        }
    }

    @Test("an engine that is gone is told as what it is, and no file is left")
    func gone() async throws {
        let engine = try await SeparateEngine.with { $0.client }
        try await withBuilder(TestEngine.shared().service.runtime) { builder, folder in
            let (image, deployment) = try await build(builder, in: folder)
            await #expect {
                _ = try await ImageHandover(engine: engine, builder: builder).handOver(image, of: deployment)
            } throws: {
                ($0 as? SwitchyardError)?.code == "IMAGE_HANDOVER_FAILED"
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/work") == [])
        }
    }

    @Test("images of a registry that asks for a login are pulled with the operator's, and through a mirror")
    func pulls() async throws {
        try await TestRegistry.with(asksForLogin: true) { registry in
            let conf = registry.folder + "/registries.conf"
            try registry.writeRegistriesFile(mirrorOf: "mirrored.example", to: conf)
            try await SeparateEngine.with(registriesFile: conf) { engine in
                let orchestrator = try EngineOrchestrator(client: engine.client, instance: TestEngine.instance, logger: Self.logger)
                let image = "\(registry.host)/team/app:1"
                await #expect {
                    _ = try await orchestrator.pull(image, credentials: nil) { _ in }
                } throws: {
                    ($0 as? OrchestratorError)?.code == .pullFailed && ($0 as? OrchestratorError)?.isTransient == false
                }
                let builder = Builder(configuration: BuilderConfiguration(instance: "x", workDirectory: "/x", cacheDirectory: "/x"))
                let images = BuildsImageBuilder(
                    builder: builder, blobs: try DiskBlobStore(directory: registry.folder + "/blobs"), orchestrator: orchestrator,
                    handover: nil, registryAuth: registry.authFile)
                let credentials = try #require(try await images.credentials(forImage: image))
                let pulled = try await orchestrator.pull(image, credentials: credentials) { _ in }
                #expect(try await images.hasImage(pulled.id))
                #expect(try await images.credentials(forImage: "mirrored.example/team/app:1") == nil)
            }
        }
        try await TestRegistry.with(asksForLogin: false) { registry in
            let conf = registry.folder + "/registries.conf"
            try registry.writeRegistriesFile(mirrorOf: "mirrored.example", to: conf)
            try await SeparateEngine.with(registriesFile: conf) { engine in
                let orchestrator = try EngineOrchestrator(client: engine.client, instance: TestEngine.instance, logger: Self.logger)
                #expect(try await !orchestrator.pull("mirrored.example/team/app:1", credentials: nil) { _ in }.id.isEmpty)
            }
        }
    }
}
