import Kernel
import Resources
import Testing

@testable import Projects

@Suite struct SettingsTests {
    private func request(_ set: (inout UpdateSettings) -> Void) -> UpdateSettings {
        var request = UpdateSettings()
        set(&request)
        return request
    }

    @Test("a setting out of its range is refused, and nothing changes")
    func outOfRange() async throws {
        let world = try await World.make()
        let shop = try await world.shop()
        let before = try await world.events()
        let refused: [(UpdateSettings, String)] = [
            (request { $0.replicas = -1 }, "SETTING_INVALID"), (request { $0.replicas = 51 }, "SETTING_INVALID"),
            (request { $0.cpuLimit = 0 }, "SETTING_INVALID"), (request { $0.cpuLimit = .nan }, "SETTING_INVALID"),
            (request { $0.cpuLimit = .infinity }, "SETTING_INVALID"), (request { $0.cpuLimit = 9 }, "SETTING_INVALID"),
            (request { $0.memoryLimit = 1 }, "SETTING_INVALID"), (request { $0.memoryLimit = .max }, "SETTING_INVALID"),
            (request { $0.healthcheckTimeout = 0 }, "SETTING_INVALID"), (request { $0.healthcheckTimeout = 3601 }, "SETTING_INVALID"),
            (request { $0.drainingSeconds = -1 }, "SETTING_INVALID"), (request { $0.restartPolicyMaxRetries = -1 }, "SETTING_INVALID"),
            (request { $0.rootDirectory = "../../etc" }, "PATH_INVALID"), (request { $0.dockerfilePath = "/etc/passwd" }, "PATH_INVALID"),
            (request { $0.healthcheckPath = "/;touch canary" }, "PATH_INVALID"), (request { $0.startCommand = "a\nb" }, "COMMAND_INVALID"),
            (request { $0.buildCommand = String(repeating: "a", count: 10_000_000) }, "COMMAND_INVALID"),
        ]
        for (request, code) in refused {
            #expect(
                try await refusal { try await world.service.updateSettings(world.access, shop.environment, shop["web"], request) } == code)
        }
        #expect(try await world.events() == before)
        #expect(try await world.service.entry(world.access, shop.environment, shop["web"]).settings == ServiceSettings())
    }

    @Test("settings change one by one, an empty text gives the default again, and the effect is told")
    func merge() async throws {
        let world = try await World.make()
        let shop = try await world.shop()
        func update(_ set: (inout UpdateSettings) -> Void) async throws -> SettingsChange {
            try await world.service.updateSettings(world.access, shop.environment, shop["web"], request(set))
        }
        let started = try await update {
            $0.startCommand = "npm start"; $0.replicas = 2
        }
        #expect(started.effect == .redeploy)
        #expect(started.settings.startCommand == "npm start")
        #expect(try await update { $0.replicas = 3 }.effect == .scale)
        #expect(try await update { $0.replicas = 3 }.effect == SettingsChange.Effect.none)
        #expect(try await update { $0.rootDirectory = "web" }.effect == SettingsChange.Effect.none)
        let reset = try await update { $0.startCommand = "" }
        #expect(reset.effect == .redeploy)
        #expect(reset.settings.startCommand == nil)
        #expect(reset.settings.replicas == 3)
        #expect(try await world.service.entry(world.access, shop.environment, shop["web"]).settings == reset.settings)
        #expect(try await world.events().filter { $0 == "service.settings_changed" }.count == 4)
    }

    @Test("each environment has its own settings, and a new one has the defaults")
    func environments() async throws {
        let world = try await World.make()
        let shop = try await world.shop()
        _ = try await world.service.updateSettings(world.access, shop.environment, shop["web"], request { $0.replicas = 2 })
        let staging = try await world.service.createEnvironment(world.access, shop.project.id, CreateEnvironment(name: "staging"))
        #expect(try await world.service.overview(world.access, staging.id).services.map(\.settings) == [ServiceSettings()])
    }

    @Test("default limits stay within a small machine")
    func smallMachine() {
        let settings = UpdateSettings().settings(within: ResourceBounds(cpu: 1, memory: 512 << 20))
        #expect(settings.cpuLimit == 1)
        #expect(settings.memoryLimit == 512 << 20)
    }
}
