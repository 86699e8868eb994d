import FoundationEssentials
import Kernel
import PostgresClient
import Resources

/// All that is described for an environment, but its variables: read by one statement.
struct EnvironmentDescription {
    let environment: Environment
    let projectName: String
    /// Without deployments: those are another module's.
    let entries: [EnvironmentOverview.Entry]

    /// - Parameter service: Only this one; nil: all.
    static func query(_ environment: Environment.ID, service: Service.ID? = nil) -> SQL {
        """
        select e.project_id, e.name, e.created_at, p.name as project_name,
          s.id as service_id, s.name as service_name, s.created_at as service_created_at, settings.overrides::text as overrides,
          (select coalesce(json_agg(json_build_object('id', d.id, 'host', d.host, 'generated', d.is_generated, 'port', d.target_port)
            order by d.created_at, d.id), '[]') from domains d where d.environment_id = e.id and d.service_id = s.id) as domains,
          (select coalesce(json_agg(json_build_object('id', v.id, 'name', v.name, 'mount', v.mount_path,
              'created', extract(epoch from v.created_at)) order by v.created_at, v.id), '[]')
            from volumes v where v.environment_id = e.id and v.service_id = s.id and v.deleted_at is null) as volumes
        from environments e
        join projects p on p.id = e.project_id
        left join services s on s.project_id = e.project_id and s.deleted_at is null
          and (\(service?.uuid)::uuid is null or s.id = \(service?.uuid)::uuid)
        left join service_settings settings on settings.environment_id = e.id and settings.service_id = s.id
        where e.id = \(environment.uuid) and e.deleted_at is null
        order by s.created_at, s.id
        """
    }

    /// - Throws: `ENVIRONMENT_NOT_FOUND`.
    init(_ id: Environment.ID, rows: [Row], hosts: PlatformHosts, bounds: ResourceBounds) throws {
        guard let first = rows.first else { throw SwitchyardError.notFound("environment", id) }
        let environment = Environment(
            id: id, projectId: try first.id("project_id"), name: try first.get("name"), createdAt: try first.get("created_at"))
        self.environment = environment
        projectName = try first.get("project_name")
        entries = try rows.compactMap { row in
            guard let uuid = try row.getOptional("service_id", as: UUID.self) else { return nil }
            let service = Service(
                id: .init(uuid: uuid), projectId: environment.projectId, name: try row.get("service_name"),
                createdAt: try row.get("service_created_at"))
            let domains = try JSONDecoder().decode([DomainRow].self, from: Data(try row.get("domains", as: String.self).utf8))
            let volumes = try JSONDecoder().decode([VolumeRow].self, from: Data(try row.get("volumes", as: String.self).utf8))
            return EnvironmentOverview.Entry(
                service: service, settings: try SettingsText.decode(row.getOptional("overrides")).settings(within: bounds),
                domains: domains.map { $0.domain(of: service.id, in: id, hosts) },
                volumes: volumes.map { $0.volume(of: service.id, in: id) }, active: nil, latest: nil)
        }
    }

    private struct DomainRow: Decodable {
        let id: UUID
        let host: String
        let generated: Bool
        let port: Int?

        func domain(of service: Service.ID, in environment: Environment.ID, _ hosts: PlatformHosts) -> Domain {
            Domain(
                id: .init(uuid: id), serviceId: service, environmentId: environment, host: host, isGenerated: generated, targetPort: port,
                url: hosts.url(of: host))
        }
    }

    private struct VolumeRow: Decodable {
        let id: UUID
        let name: String
        let mount: String
        let created: Double

        func volume(of service: Service.ID, in environment: Environment.ID) -> Volume {
            Volume(
                id: .init(uuid: id), serviceId: service, environmentId: environment, name: name, mountPath: mount,
                createdAt: Date(timeIntervalSince1970: created))
        }
    }
}
