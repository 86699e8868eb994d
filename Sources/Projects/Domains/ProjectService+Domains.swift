public import Kernel
import PostgresClient
public import Resources

extension ProjectService {
    /// Gives a service a host name. Without one in the request the platform makes one, or returns the one it made before:
    /// asking again changes nothing.
    ///
    /// - Throws: `ENVIRONMENT_NOT_FOUND`, `SERVICE_NOT_FOUND`, `HOST_INVALID`, `HOST_TAKEN`, `PORT_INVALID`.
    public func addDomain(
        _ access: Access, _ environment: Environment.ID, _ service: Service.ID, _ request: CreateDomain
    ) async throws -> Domain {
        let access = try access.with(.domainWrite)
        if let port = request.targetPort { try Ports.validate(port) }
        let wanted = try request.host.map { try Hosts.normalize($0, platform: hosts) }
        return try await database.write(access) { work in
            let (environment, service) = try await work.hold(environment, service)
            if let wanted {
                return try await claim(wanted, for: service, in: environment, port: request.targetPort, work)
            }
            if let domain = try await generatedDomain(of: service, in: environment, work) {
                return try await retarget(domain, to: request.targetPort, work)
            }
            return try await generate(for: service, in: environment, port: request.targetPort, work)
        }
    }

    /// - Throws: `ENVIRONMENT_NOT_FOUND`, `SERVICE_NOT_FOUND`.
    public func domains(_ access: Access, _ environment: Environment.ID, _ service: Service.ID) async throws -> [Domain] {
        try await entry(access, environment, service).domains
    }

    /// Takes a host name away from its service; it is free for others then.
    ///
    /// - Throws: `DOMAIN_NOT_FOUND`.
    @discardableResult
    public func removeDomain(_ access: Access, _ id: Domain.ID) async throws -> Domain {
        try await database.write(access.with(.domainWrite)) { work in
            let rows = try await work.query(
                "delete from domains where id = \(id.uuid) returning id, environment_id, service_id, host, is_generated, target_port")
            guard let row = rows.first else { throw SwitchyardError.notFound("domain", id) }
            let domain = try domain(from: row)
            try await work.query("delete from switchyard.hostnames where host = \(domain.host)")
            try await work.append(
                DomainRemoved(domain: id, service: domain.serviceId, environment: domain.environmentId, host: domain.host),
                to: "service/\(domain.serviceId)")
            return domain
        }
    }

    private func generatedDomain(of service: Service, in environment: Environment, _ work: UnitOfWork) async throws -> Domain? {
        let rows = try await work.query(
            """
            select id, environment_id, service_id, host, is_generated, target_port from domains
            where environment_id = \(environment.id.uuid) and service_id = \(service.id.uuid) and is_generated
            """)
        return try rows.first.map(domain(from:))
    }

    private func retarget(_ domain: Domain, to port: Int?, _ work: UnitOfWork) async throws -> Domain {
        guard let port, port != domain.targetPort else { return domain }
        try await work.query("update domains set target_port = \(port) where id = \(domain.id.uuid)")
        try await work.append(
            DomainRetargeted(domain: domain.id, service: domain.serviceId, environment: domain.environmentId, targetPort: port),
            to: "service/\(domain.serviceId)")
        var retargeted = domain
        retargeted.targetPort = port
        return retargeted
    }

    private func generate(for service: Service, in environment: Environment, port: Int?, _ work: UnitOfWork) async throws -> Domain {
        let project = try await work.hold(service.projectId, .shared)
        for attempt in 0..<10 {
            let host = GeneratedHosts.host(
                service: service.name, environment: environment.name, project: project.name, below: hosts.baseDomain,
                withSuffix: attempt > 0)
            guard !hosts.reserved.contains(host) else { continue }
            if let domain = try await insert(host, for: service, in: environment, isGenerated: true, port: port, work) {
                return domain
            }
        }
        throw SwitchyardError(
            .unavailable, code: "HOST_TAKEN", "no free host name was found for \(service.name)", hint: "try again, or give a host name")
    }

    private func claim(_ host: String, for service: Service, in environment: Environment, port: Int?, _ work: UnitOfWork) async throws
        -> Domain
    {
        let taken = SwitchyardError(
            .conflict, code: "HOST_TAKEN", "the host name \(host) is in use on this installation",
            hint: "remove it where it is in use, or choose another")
        // No wildcard can be directly below the base domain, so there is nothing to overlap with.
        if !host.hasSuffix("." + hosts.baseDomain) {
            let overlap = try await work.query(
                "select switchyard.hostname_overlaps(\(host), \(work.access.workspace.uuid)) as overlaps")
            guard try overlap.first?.get("overlaps", as: Bool.self) == false else { throw taken }
        }
        guard let domain = try await insert(host, for: service, in: environment, isGenerated: false, port: port, work) else { throw taken }
        return domain
    }

    /// Nil when the host is anybody's already.
    private func insert(
        _ host: String, for service: Service, in environment: Environment, isGenerated: Bool, port: Int?, _ work: UnitOfWork
    ) async throws -> Domain? {
        let id = Domain.ID.new()
        let claimed = try await work.query(
            """
            insert into switchyard.hostnames (host, workspace_id, domain_id)
            values (\(host), \(work.access.workspace.uuid), \(id.uuid)) on conflict do nothing returning host
            """)
        guard !claimed.isEmpty else { return nil }
        try await work.query(
            """
            insert into domains (id, environment_id, service_id, host, is_generated, target_port, created_at)
            values (\(id.uuid), \(environment.id.uuid), \(service.id.uuid), \(host), \(isGenerated), \(port), clock_timestamp())
            """)
        try await work.append(
            DomainAdded(domain: id, service: service.id, environment: environment.id, host: host), to: "service/\(service.id)")
        return Domain(
            id: id, serviceId: service.id, environmentId: environment.id, host: host, isGenerated: isGenerated, targetPort: port,
            url: hosts.url(of: host))
    }

    private func domain(from row: Row) throws -> Domain {
        let host: String = try row.get("host")
        return Domain(
            id: try row.id("id"), serviceId: try row.id("service_id"), environmentId: try row.id("environment_id"), host: host,
            isGenerated: try row.get("is_generated"), targetPort: try row.getOptional("target_port"), url: hosts.url(of: host))
    }
}
