import Kernel
import Resources
import Testing

@testable import Projects

@Suite struct ProjectLifecycleTests {
    @Test("a project begins with its environment production, and is listed with all in it")
    func create() async throws {
        let world = try await World.make()
        let shop = try await world.shop(services: ["web", "api"])
        let listed = try await world.service.projects(world.access)
        #expect(listed.map(\.name) == ["shop"])
        #expect(listed.first?.environments.map(\.name) == ["production"])
        #expect(listed.first?.services.map(\.name) == ["web", "api"])
        #expect(try await world.service.project(world.access, shop.project.id) == listed.first)
        #expect(try await world.service.service(world.access, shop["api"]).projectId == shop.project.id)
        #expect(try await world.events() == ["project.created", "environment.created", "service.created", "service.created"])
    }

    @Test("of many who take one name at once, one gets it", arguments: [8])
    func race(count: Int) async throws {
        let world = try await World.make()
        let shop = try await world.shop(services: [])
        func outcomes(_ create: @escaping @Sendable () async throws -> Void) async throws -> [String?] {
            try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<count { group.addTask { try await refusal(create) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
        }
        for refusals in [
            try await outcomes { _ = try await world.service.createProject(world.access, CreateProject(name: "race")) },
            try await outcomes { _ = try await world.service.createService(world.access, shop.project.id, CreateService(name: "race")) },
            try await outcomes {
                _ = try await world.service.createEnvironment(world.access, shop.project.id, CreateEnvironment(name: "race"))
            },
        ] {
            #expect(refusals.filter { $0 == nil }.count == 1)
            #expect(refusals.filter { $0 == "NAME_TAKEN" }.count == count - 1)
        }
    }

    @Test("a name is free again after a deletion, and taken ones are refused on renaming")
    func rename() async throws {
        let world = try await World.make()
        let shop = try await world.shop(services: ["web", "api"])
        #expect(try await refusal { try await world.service.renameService(world.access, shop["api"], to: "web") } == "NAME_TAKEN")
        try await world.service.deleteService(world.access, shop["web"])
        #expect(try await world.service.renameService(world.access, shop["api"], to: "web").name == "web")
        _ = try await world.service.createProject(world.access, CreateProject(name: "other"))
        #expect(try await refusal { try await world.service.renameProject(world.access, shop.project.id, to: "other") } == "NAME_TAKEN")
        #expect(try await world.service.renameProject(world.access, shop.project.id, to: "store").name == "store")
    }

    @Test("deleting a service frees its hosts, forgets its variables, and orders its winding down in each environment")
    func deleteService() async throws {
        let world = try await World.make()
        let shop = try await world.shop()
        let web = shop["web"]
        let staging = try await world.service.createEnvironment(world.access, shop.project.id, CreateEnvironment(name: "staging"))
        let domain = try await world.service.addDomain(world.access, shop.environment, web, CreateDomain())
        let volume = try await world.service.addVolume(world.access, shop.environment, web, CreateVolume(mountPath: "/data"))
        _ = try await world.set(["A": "1"], shop, web)
        try await world.service.deleteService(world.access, web)

        #expect(try await refusal { try await world.service.service(world.access, web) } == "SERVICE_NOT_FOUND")
        #expect(try await refusal { try await world.service.removeDomain(world.access, domain.id) } == "DOMAIN_NOT_FOUND")
        #expect(try await refusal { try await world.service.removeVolume(world.access, volume.id) } == "VOLUME_NOT_FOUND")
        #expect(try await world.service.overview(world.access, shop.environment).services.isEmpty)
        let orders = try await world.jobs(Teardown.jobKind, as: Teardown.self)
        #expect(
            orders == [
                Teardown(environment: shop.environment, service: web, hosts: [domain.host], volumes: [volume.id]),
                Teardown(environment: staging.id, service: web, hosts: [], volumes: []),
            ])
        let again = try await world.service.createService(world.access, shop.project.id, CreateService(name: "web"))
        #expect(try await world.service.addDomain(world.access, shop.environment, again.id, CreateDomain()).host == domain.host)
    }

    @Test("deleting a project deletes all in it, and orders the winding down of each environment")
    func deleteProject() async throws {
        let world = try await World.make()
        let shop = try await world.shop()
        let host = "www.\(world.baseDomain)"
        _ = try await world.service.addDomain(world.access, shop.environment, shop["web"], CreateDomain(host: host))
        try await world.service.deleteProject(world.access, shop.project.id)
        #expect(try await world.service.projects(world.access).isEmpty)
        #expect(try await refusal { try await world.service.overview(world.access, shop.environment) } == "ENVIRONMENT_NOT_FOUND")
        #expect(try await refusal { try await world.service.deleteProject(world.access, shop.project.id) } == "PROJECT_NOT_FOUND")
        #expect(
            try await refusal {
                try await world.service.addDomain(world.access, shop.environment, shop["web"], CreateDomain())
            } == "ENVIRONMENT_NOT_FOUND")
        let orders = try await world.jobs(Teardown.jobKind, as: Teardown.self)
        #expect(orders == [Teardown(environment: shop.environment, service: nil, hosts: [host], volumes: [])])
    }

    @Test("an environment can be deleted, the last one cannot, even by two at once")
    func deleteEnvironment() async throws {
        let world = try await World.make()
        let shop = try await world.shop()
        let staging = try await world.service.createEnvironment(world.access, shop.project.id, CreateEnvironment(name: "staging"))
        async let first = refusal { try await world.service.deleteEnvironment(world.access, shop.environment) }
        async let second = refusal { try await world.service.deleteEnvironment(world.access, staging.id) }
        let outcomes = try await [first, second]
        #expect(outcomes.contains(nil))
        #expect(outcomes.contains("LAST_ENVIRONMENT"))
        #expect(try await world.jobs(Teardown.jobKind, as: Teardown.self).count == 1)
    }

    @Test("a role without the permission is refused, whatever the access was made for")
    func permissions() async throws {
        let world = try await World.make()
        let shop = try await world.shop()
        let viewer = try Caller(user: .new(), roles: [world.access.workspace: .viewer]).access(to: world.access.workspace, .projectRead)
        let member = try Caller(user: .new(), roles: [world.access.workspace: .member]).access(to: world.access.workspace, .projectRead)
        #expect(try await refusal { try await world.service.createProject(viewer, CreateProject(name: "a")) } == "PERMISSION_DENIED")
        #expect(try await refusal { try await world.service.variables(viewer, shop.environment) } == "PERMISSION_DENIED")
        #expect(try await refusal { try await world.service.deleteProject(member, shop.project.id) } == "PERMISSION_DENIED")
        #expect(
            try await refusal {
                try await world.service.unsealedVariables(world.access, shop.environment, shop["web"], facts: DeploymentFacts())
            } == "PERMISSION_DENIED")
    }

    @Test("every field refuses every family of hostile text, and nothing changes")
    func hostile() async throws {
        let world = try await World.make()
        let shop = try await world.shop()
        let web = shop["web"]
        let before = try await world.events()
        let service = world.service
        for text in Hostile.texts {
            #expect(try await refusal { try await service.createProject(world.access, CreateProject(name: text)) } == "NAME_INVALID")
            #expect(try await refusal { try await service.renameProject(world.access, shop.project.id, to: text) } == "NAME_INVALID")
            #expect(
                try await refusal { try await service.createEnvironment(world.access, shop.project.id, CreateEnvironment(name: text)) }
                    == "NAME_INVALID")
            #expect(
                try await refusal { try await service.createService(world.access, shop.project.id, CreateService(name: text)) }
                    == "NAME_INVALID")
            #expect(try await refusal { try await service.renameService(world.access, web, to: text) } == "NAME_INVALID")
            #expect(
                try await refusal { try await service.addDomain(world.access, shop.environment, web, CreateDomain(host: text)) }
                    == "HOST_INVALID")
            #expect(
                try await refusal {
                    try await service.addVolume(world.access, shop.environment, web, CreateVolume(name: text, mountPath: "/data"))
                } == "NAME_INVALID")
            #expect(
                try await refusal { try await service.addVolume(world.access, shop.environment, web, CreateVolume(mountPath: text)) }
                    == "PATH_INVALID")
            #expect(try await refusal { try await world.set([text: "value"], shop, web) } == "VARIABLE_NAME_INVALID")
            #expect(
                try await refusal { try await service.removeVariable(world.access, shop.environment, web, name: text) }
                    .map { ["VARIABLE_NOT_FOUND", "VARIABLE_NAME_INVALID"].contains($0) } == true)
        }
        #expect(try await world.events() == before)
    }
}
