import Kernel
import Resources
import Testing

@testable import Projects

@Suite struct VolumesTests {
    @Test("a service has one volume in an environment, and its removal is ordered")
    func addAndRemove() async throws {
        let world = try await World.make()
        let shop = try await world.shop()
        let volume = try await world.service.addVolume(world.access, shop.environment, shop["web"], CreateVolume(mountPath: "/data"))
        #expect(volume.name == "web-volume")
        #expect(try await world.service.volumes(world.access, shop.environment, shop["web"]).map(\.id) == [volume.id])
        #expect(
            try await refusal {
                try await world.service.addVolume(world.access, shop.environment, shop["web"], CreateVolume(mountPath: "/more"))
            } == "VOLUME_EXISTS")
        let removed = try await world.service.removeVolume(world.access, volume.id)
        #expect(removed == volume)
        #expect(
            try await world.jobs(VolumeRemoval.jobKind, as: VolumeRemoval.self)
                == [VolumeRemoval(environment: shop.environment, service: shop["web"], volume: volume.id)])
        #expect(try await refusal { try await world.service.removeVolume(world.access, volume.id) } == "VOLUME_NOT_FOUND")
        #expect(try await world.service.volumes(world.access, shop.environment, shop["web"]).isEmpty)
    }

    @Test("a volume and several replicas exclude each other, also when both are asked for at once")
    func replicas() async throws {
        let world = try await World.make()
        let shop = try await world.shop()
        var two = UpdateSettings()
        two.replicas = 2
        let request = two
        async let volume = refusal {
            try await world.service.addVolume(world.access, shop.environment, shop["web"], CreateVolume(mountPath: "/data"))
        }
        async let replicas = refusal {
            try await world.service.updateSettings(world.access, shop.environment, shop["web"], request)
        }
        let outcomes = try await [volume, replicas]
        #expect(outcomes.contains(nil))
        #expect(outcomes.contains("SETTING_INVALID"))
    }

    @Test("a volume's name is unique in its environment")
    func names() async throws {
        let world = try await World.make()
        let shop = try await world.shop(services: ["web", "api"])
        _ = try await world.service.addVolume(world.access, shop.environment, shop["web"], CreateVolume(name: "data", mountPath: "/data"))
        #expect(
            try await refusal {
                try await world.service.addVolume(
                    world.access, shop.environment, shop["api"], CreateVolume(name: "data", mountPath: "/data"))
            } == "NAME_TAKEN")
    }
}
