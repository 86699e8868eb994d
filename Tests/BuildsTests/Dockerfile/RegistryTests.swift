import Builds
import Glibc
import Kernel
import Processes
import TestSupport
import Testing

/// Base images of a real registry.
@Suite("Registries of Dockerfiles", .serialized)
struct RegistryTests {
    private func failure(_ fixture: BuildFixture, _ source: [String: String]) async -> SwitchyardError? {
        do {
            _ = try await fixture.build(source)
            return nil
        } catch {
            return error as? SwitchyardError
        }
    }

    private func forget(_ image: String) async {
        _ = try? await Command("buildah", ["rmi", image]).run(timeout: .seconds(60))
    }

    @Test("an image that needs a login is built from with the operator's, and not without")
    func login() async throws {
        try await TestRegistry.with(asksForLogin: true) { registry in
            try await BuildFixture.with { (fixture) async throws in
                var fixture = fixture
                let image = "\(registry.host)/team/app:1"
                fixture.configuration.registriesFile = registry.folder + "/registries.conf"
                try registry.writeRegistriesFile(mirrorOf: "mirrored.example", to: registry.folder + "/registries.conf")
                let source = ["Dockerfile": "FROM \(image)\nRUN true\n"]
                let refused = await failure(fixture, source)
                #expect(refused?.code == "BASE_IMAGE_UNREACHABLE")
                fixture.configuration.registryCredentials = registry.authFile
                #expect(try await fixture.build(source).id.hasPrefix("sha256:"))
                await forget(image)
                fixture.configuration.allowsPrivateAddresses = false
                let forbidden = await failure(fixture, source)
                #expect(forbidden?.code == "ADDRESS_FORBIDDEN")
            }
        }
    }

    @Test("an image of a registry that can't be reached comes from its mirror")
    func mirror() async throws {
        try await TestRegistry.with(asksForLogin: false) { registry in
            try await BuildFixture.with { (fixture) async throws in
                var fixture = fixture
                let other = "mirrored\(getpid()).example"
                fixture.configuration.registriesFile = registry.folder + "/registries.conf"
                try registry.writeRegistriesFile(mirrorOf: other, to: registry.folder + "/registries.conf")
                // The mirror is the operator's choice: a user's image is named by the public registry.
                fixture.configuration.allowsPrivateAddresses = false
                #expect(try await fixture.build(["Dockerfile": "FROM \(other)/team/app:1\nRUN true\n"]).id.hasPrefix("sha256:"))
                await forget("\(other)/team/app:1")
            }
        }
    }
}
