import Kernel
import Resources
import Testing

@testable import Projects

@Suite struct DomainsTests {
    @Test("a generated host is made once, under the base domain, and has a URL")
    func generated() async throws {
        let world = try await World.make()
        let shop = try await world.shop()
        let domain = try await world.service.addDomain(world.access, shop.environment, shop["web"], CreateDomain())
        #expect(domain.host == "web-shop.\(world.baseDomain)")
        #expect(domain.url == "http://web-shop.\(world.baseDomain):8080")
        #expect(domain.isGenerated)
        #expect(try await world.service.addDomain(world.access, shop.environment, shop["web"], CreateDomain()) == domain)
        #expect(
            try await world.service.addDomain(world.access, shop.environment, shop["web"], CreateDomain(targetPort: 3000)).targetPort
                == 3000)
        #expect(try await world.service.domains(world.access, shop.environment, shop["web"]).map(\.targetPort) == [3000])
        #expect(try await world.events().suffix(2) == ["domain.added", "domain.retargeted"])
        let found = try await world.service.servicesWithDomains(world.access)
        #expect(found.map(\.service) == [shop["web"]])
    }

    @Test("a generated host that is somebody's already gets a suffix")
    func generatedTaken() async throws {
        let world = try await World.make()
        let shop = try await world.shop(services: ["web", "squatter"])
        let wanted = "web-shop.\(world.baseDomain)"
        _ = try await world.service.addDomain(world.access, shop.environment, shop["squatter"], CreateDomain(host: wanted))
        let host = try await world.service.addDomain(world.access, shop.environment, shop["web"], CreateDomain()).host
        #expect(host.hasPrefix("web-shop-"))
        #expect(host.hasSuffix("." + world.baseDomain))
    }

    @Test("a host belongs to one service of the whole installation, whoever asks first, and nobody learns to whom")
    func taken() async throws {
        let world = try await World.make(withStranger: true)
        let shop = try await world.shop()
        let other = try await world.service.createProject(world.stranger, CreateProject(name: "theirs"))
        let theirs = try await world.service.createService(world.stranger, other.id, CreateService(name: "web"))
        let host = "www.\(world.baseDomain)"
        async let mine = refusal {
            try await world.service.addDomain(world.access, shop.environment, shop["web"], CreateDomain(host: host))
        }
        async let yours = refusal {
            try await world.service.addDomain(
                world.stranger, other.environments[0].id, theirs.id, CreateDomain(host: host.uppercased() + "."))
        }
        let outcomes = try await [mine, yours]
        #expect(outcomes.filter { $0 == nil }.count == 1)
        #expect(outcomes.contains("HOST_TAKEN"))

        let error = await #expect(throws: SwitchyardError.self) {
            try await world.service.addDomain(world.access, shop.environment, shop["web"], CreateDomain(host: host))
        }
        #expect(error?.message == "the host name \(host) is in use on this installation")
    }

    @Test("a wildcard and a name below it cannot belong to two workspaces")
    func wildcards() async throws {
        let world = try await World.make(withStranger: true)
        let shop = try await world.shop()
        let other = try await world.service.createProject(world.stranger, CreateProject(name: "theirs"))
        let theirs = try await world.service.createService(world.stranger, other.id, CreateService(name: "web"))
        let domain = "x-\(world.baseDomain.prefix(12)).example"
        func add(_ host: String) async throws -> String? {
            try await refusal { try await world.service.addDomain(world.access, shop.environment, shop["web"], CreateDomain(host: host)) }
        }
        func addTheirs(_ host: String) async throws -> String? {
            try await refusal {
                try await world.service.addDomain(world.stranger, other.environments[0].id, theirs.id, CreateDomain(host: host))
            }
        }
        #expect(try await add("*.\(domain)") == nil)
        #expect(try await addTheirs("login.\(domain)") == "HOST_TAKEN")
        #expect(try await add("login.\(domain)") == nil)
        #expect(try await addTheirs("a.b.\(domain)") == nil)
        #expect(try await add("*.b.\(domain)") == "HOST_TAKEN")
    }

    @Test("a removed host is free for others")
    func remove() async throws {
        let world = try await World.make()
        let shop = try await world.shop(services: ["web", "api"])
        let host = "www.\(world.baseDomain)"
        let domain = try await world.service.addDomain(world.access, shop.environment, shop["web"], CreateDomain(host: host))
        #expect(try await world.service.removeDomain(world.access, domain.id).host == host)
        #expect(try await refusal { try await world.service.removeDomain(world.access, domain.id) } == "DOMAIN_NOT_FOUND")
        #expect(
            try await world.service.addDomain(world.access, shop.environment, shop["api"], CreateDomain(host: host)).serviceId
                == shop["api"])
    }

    @Test("a target port is a port", arguments: [0, -1, 65_536, .max])
    func port(port: Int) async throws {
        let world = try await World.make()
        let shop = try await world.shop()
        #expect(
            try await refusal {
                try await world.service.addDomain(world.access, shop.environment, shop["web"], CreateDomain(targetPort: port))
            } == "PORT_INVALID")
    }

    @Test("generated hosts are DNS names, however long the names they are made of")
    func length() throws {
        let long = String(repeating: "a", count: 39) + "b"
        for (service, environment, project) in [
            ("web", "production", "web"), ("web", "staging", "shop"), (long, long, long + "x"), (long, "pr-1", "p"),
        ] {
            for hasSuffix in [false, true] {
                let host = GeneratedHosts.host(
                    service: service, environment: environment, project: project, below: "localhost", withSuffix: hasSuffix)
                #expect(try Hosts.normalize(host, platform: PlatformHosts()) == host)
            }
        }
        #expect(
            GeneratedHosts.host(service: "web", environment: "production", project: "web", below: "localhost", withSuffix: false)
                == "web.localhost")
        #expect(
            GeneratedHosts.host(service: "web", environment: "staging", project: "shop", below: "localhost", withSuffix: false)
                == "web-staging-shop.localhost")
    }
}
