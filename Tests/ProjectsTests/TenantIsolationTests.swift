import Kernel
import PostgresClient
import Resources
import Testing

@testable import Projects

@Suite struct TenantIsolationTests {
    @Test("to another workspace, nothing of this one exists")
    func strangers() async throws {
        let world = try await World.make(withStranger: true)
        let shop = try await world.shop()
        let (service, stranger, web) = (world.service, world.stranger, shop["web"])
        let domain = try await service.addDomain(world.access, shop.environment, web, CreateDomain())
        let volume = try await service.addVolume(world.access, shop.environment, web, CreateVolume(mountPath: "/data"))
        _ = try await world.set(["A": "1"], shop, web)

        #expect(try await service.projects(stranger).isEmpty)
        #expect(try await refusal { try await service.project(stranger, shop.project.id) } == "PROJECT_NOT_FOUND")
        #expect(try await refusal { try await service.renameProject(stranger, shop.project.id, to: "x") } == "PROJECT_NOT_FOUND")
        #expect(try await refusal { try await service.deleteProject(stranger, shop.project.id) } == "PROJECT_NOT_FOUND")
        #expect(
            try await refusal { try await service.createService(stranger, shop.project.id, CreateService(name: "x")) }
                == "PROJECT_NOT_FOUND")
        #expect(
            try await refusal { try await service.createEnvironment(stranger, shop.project.id, CreateEnvironment(name: "x")) }
                == "PROJECT_NOT_FOUND")
        #expect(try await refusal { try await service.service(stranger, web) } == "SERVICE_NOT_FOUND")
        #expect(try await refusal { try await service.renameService(stranger, web, to: "x") } == "SERVICE_NOT_FOUND")
        #expect(try await refusal { try await service.deleteService(stranger, web) } == "SERVICE_NOT_FOUND")
        #expect(try await refusal { try await service.deleteEnvironment(stranger, shop.environment) } == "ENVIRONMENT_NOT_FOUND")
        #expect(try await refusal { try await service.overview(stranger, shop.environment) } == "ENVIRONMENT_NOT_FOUND")
        #expect(try await refusal { try await service.entry(stranger, shop.environment, web) } == "ENVIRONMENT_NOT_FOUND")
        #expect(try await service.describe(stranger, shop.environment, web) == nil)
        #expect(try await service.servicesWithDomains(stranger).isEmpty)
        #expect(
            try await refusal { try await service.updateSettings(stranger, shop.environment, web, UpdateSettings()) }
                == "ENVIRONMENT_NOT_FOUND")
        #expect(try await refusal { try await service.variables(stranger, shop.environment, web) } == "ENVIRONMENT_NOT_FOUND")
        #expect(
            try await refusal { try await service.setVariables(stranger, shop.environment, web, SetVariables(variables: ["A": "2"])) }
                == "ENVIRONMENT_NOT_FOUND")
        #expect(
            try await refusal { try await service.removeVariable(stranger, shop.environment, web, name: "A") } == "ENVIRONMENT_NOT_FOUND")
        #expect(try await refusal { try await service.renderedVariables(stranger, shop.environment, web) } == "ENVIRONMENT_NOT_FOUND")
        #expect(
            try await refusal { try await service.addDomain(stranger, shop.environment, web, CreateDomain()) } == "ENVIRONMENT_NOT_FOUND")
        #expect(try await refusal { try await service.removeDomain(stranger, domain.id) } == "DOMAIN_NOT_FOUND")
        #expect(
            try await refusal { try await service.addVolume(stranger, shop.environment, web, CreateVolume(mountPath: "/x")) }
                == "ENVIRONMENT_NOT_FOUND")
        #expect(try await refusal { try await service.removeVolume(stranger, volume.id) } == "VOLUME_NOT_FOUND")
    }

    @Test("the service of one project is not in the environment of another")
    func otherProject() async throws {
        let world = try await World.make()
        let shop = try await world.shop()
        let blog = try await world.service.createProject(world.access, CreateProject(name: "blog"))
        let environment = blog.environments[0].id
        let (service, access, web) = (world.service, world.access, shop["web"])
        #expect(try await refusal { try await service.entry(access, environment, web) } == "SERVICE_NOT_FOUND")
        #expect(try await refusal { try await service.variables(access, environment, web) } == "SERVICE_NOT_FOUND")
        #expect(try await refusal { try await service.renderedVariables(access, environment, web) } == "SERVICE_NOT_FOUND")
        #expect(try await refusal { try await service.addDomain(access, environment, web, CreateDomain()) } == "SERVICE_NOT_FOUND")
        #expect(
            try await refusal { try await service.setVariables(access, environment, web, SetVariables(variables: ["A": "1"])) }
                == "SERVICE_NOT_FOUND")
    }

    @Test("a workspace's role sees no host name of another")
    func hostnames() async throws {
        let world = try await World.make(withStranger: true)
        let shop = try await world.shop()
        _ = try await world.service.addDomain(world.access, shop.environment, shop["web"], CreateDomain())
        let database = Database(client: world.client)
        #expect(try await database.query(world.access, "select host from switchyard.hostnames").count == 1)
        #expect(try await database.query(world.stranger, "select host from switchyard.hostnames").isEmpty)
        await #expect(throws: PostgresError.self) {
            try await database.query(
                world.stranger,
                """
                insert into switchyard.hostnames (host, workspace_id, domain_id)
                values ('forged.example.com', \(world.access.workspace.uuid), \(world.access.workspace.uuid))
                """)
        }
    }
}
