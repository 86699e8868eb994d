import FoundationEssentials
import Kernel
import PostgresClient
import Resources
import TestSupport

@testable import Projects

/// A workspace of its own, or two, in a database that the tests of this process share.
struct World: Sendable {
    private static let client = Task {
        let database = try await TestPostgres.database()
        let client = PostgresClient(configuration: .init(connectionString: database.connectionString), logger: .silent)
        try await Migrator(client: client, modules: [ProjectService.schema]).migrate()
        return client
    }

    let client: PostgresClient
    let service: ProjectService
    /// An admin of the workspace.
    let access: Access
    /// An admin of the other workspace; without one, of none that is there.
    let stranger: Access
    let baseDomain: String

    static func make(withStranger hasStranger: Bool = false) async throws -> World {
        let client = try await client.value
        let migrator = Migrator(client: client, modules: [ProjectService.schema])
        let workspaces = [Workspace.ID.new(), Workspace.ID.new()]
        for workspace in workspaces.prefix(hasStranger ? 2 : 1) { try await migrator.createTenant(workspace) }
        func admin(of workspace: Workspace.ID) throws -> Access {
            try Caller(user: .new(), roles: [workspace: .admin]).access(to: workspace, .projectRead)
        }
        let baseDomain = "w" + workspaces[0].description.replacing("-", with: "") + ".localhost"
        let key = (0..<32).map { UInt8($0) }
        return World(
            client: client,
            service: ProjectService(
                database: Database(client: client), secrets: SecretBox(keyring: try Keyring(keys: [1: key])),
                hosts: PlatformHosts(baseDomain: baseDomain, reserved: ["dashboard." + baseDomain], scheme: "http", port: 8080),
                bounds: ResourceBounds(cpu: 8, memory: 16 << 30)),
            access: try admin(of: workspaces[0]), stranger: try admin(of: workspaces[1]), baseDomain: baseDomain)
    }

    /// The deployer's access, which alone may unseal.
    var deployer: Access {
        get throws { try Caller.system("deployer").access(to: access.workspace, .variableUnseal) }
    }

    /// A project `shop` with its environment and some services.
    func shop(services names: [String] = ["web"]) async throws -> Shop {
        let project = try await service.createProject(access, CreateProject(name: "shop"))
        var services: [Service] = []
        for name in names { services.append(try await service.createService(access, project.id, CreateService(name: name))) }
        return Shop(project: project, environment: project.environments[0].id, services: services)
    }

    func set(_ variables: [String: String], _ shop: Shop, _ service: Service.ID?, sealed: Bool = false) async throws -> Set<Service.ID> {
        try await self.service.setVariables(access, shop.environment, service, SetVariables(variables: variables, sealed: sealed))
    }

    /// What a replica of a service would get.
    func rendered(_ shop: Shop, _ service: Service.ID, facts: DeploymentFacts = DeploymentFacts()) async throws -> [String: String] {
        try await self.service.unsealedVariables(deployer, shop.environment, service, facts: facts).mapValues { $0.reveal() }
    }

    /// The types of the workspace's events, in order.
    func events() async throws -> [String] {
        try await client.query("select type from switchyard.events where workspace_id = \(access.workspace.uuid) order by position")
            .map { try $0.get("type") }
    }

    /// All that the workspace's events and jobs say.
    func written() async throws -> String {
        try await client.query(
            """
            select coalesce(string_agg(text, ' '), '') as text from (
              select data::text as text from switchyard.events where workspace_id = \(access.workspace.uuid)
              union all select payload::text from switchyard.jobs where workspace_id = \(access.workspace.uuid)) all_text
            """)[0].get("text")
    }

    /// The payloads of the workspace's jobs of a kind, oldest first.
    func jobs<Order: Decodable>(_ kind: String, as type: Order.Type) async throws -> [Order] {
        let rows = try await client.query(
            """
            select payload::text as payload from switchyard.jobs
            where workspace_id = \(access.workspace.uuid) and kind = \(kind) order by id
            """)
        return try rows.map { try JSONDecoder().decode(type, from: Data($0.get("payload", as: String.self).utf8)) }
    }
}

struct Shop: Sendable {
    let project: Project
    let environment: Environment.ID
    let services: [Service]

    subscript(name: String) -> Service.ID {
        services.first { $0.name == name }?.id ?? .new()
    }
}
