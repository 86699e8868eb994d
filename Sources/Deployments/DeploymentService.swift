public import Kernel
import PostgresClient
public import Resources

/// What users ask of deployments. Each command changes rows and leaves a job: it returns at once, and nothing is lost when
/// the process dies the moment after.
public struct DeploymentService: Sendable {
    let store: DeploymentStore
    let database: Database
    let catalog: any ServiceCatalog
    let builder: any ImageBuilder
    let routes: RouteKeeper

    public init(database: Database, catalog: any ServiceCatalog, builder: any ImageBuilder, router: any TrafficRouter) {
        self.database = database
        self.catalog = catalog
        self.builder = builder
        store = DeploymentStore(database: database)
        routes = RouteKeeper(database: database, catalog: catalog, router: router)
    }

    // MARK: Queries

    public func deployment(_ access: Access, _ id: Deployment.ID) async throws -> Deployment {
        try await resources([store.find(id, access)], access)[0]
    }

    /// Newest first; `before` is the id that ended the page before.
    public func deployments(
        _ access: Access, of instance: ServiceInstance, before: Deployment.ID? = nil, limit: Int = 20
    ) async throws -> Page<Deployment> {
        _ = try await blueprint(instance, access)
        let limit = min(max(limit, 1), 100)
        let records = try await store.list(instance, before: before, limit: limit, access)
        return Page(items: try await resources(records, access), next: records.count == limit ? records.last.map { "\($0.id)" } : nil)
    }

    /// The active and the newest deployment of each service of an environment.
    public func activeAndLatest(
        _ access: Access, in environment: Environment.ID
    ) async throws -> [Service.ID: (active: Deployment?, latest: Deployment?)] {
        let deployments = try await resources(store.activeAndLatest(environment, access), access)
        return Dictionary(grouping: deployments, by: \.serviceId).mapValues { ($0.first(where: \.isActive), $0.last) }
    }

    // MARK: Commands

    /// Queues a new version. One of the same service that was still waiting is SKIPPED.
    public func create(_ access: Access, _ instance: ServiceInstance, source: DeploymentSource) async throws -> Deployment {
        try await builder.validate(source)
        let blueprint = try await blueprint(instance, access)
        let new = NewDeployment(
            project: blueprint.project, instance: instance, trigger: .deploy, source: source, settings: blueprint.settings)
        return try await queue(new, access)
    }

    /// The same version again, with today's variables and settings; built again only when there is no image.
    public func redeploy(_ access: Access, _ id: Deployment.ID) async throws -> Deployment {
        let record = try await store.find(id, access)
        return try await again(record, trigger: .redeploy, rebuild: false, access)
    }

    /// An earlier version with the variables and settings that it had.
    ///
    /// - Throws: `DEPLOYMENT_NOT_KEPT` when its image or its variables are gone.
    public func rollback(_ access: Access, _ id: Deployment.ID) async throws -> Deployment {
        let record = try await store.find(id, access)
        let blueprint = try await blueprint(record.instance, access)
        guard let image = record.image, let variables = record.variables, try await builder.hasImage(image) else {
            throw SwitchyardError(
                .conflict, code: "DEPLOYMENT_NOT_KEPT", "deployment \(id) has no image to go back to (it is \(record.status.rawValue))",
                hint: "choose one that was SUCCESS before: `yard deployment list`")
        }
        var new = copy(of: record, trigger: .rollback, settings: record.settings)
        new.project = blueprint.project
        new.image = image
        new.variables = variables
        return try await queue(new, access)
    }

    /// New replicas of the running version take over from the present ones.
    public func restart(_ access: Access, _ id: Deployment.ID) async throws -> Deployment {
        let record = try await active(id, access)
        try await database.write(access) { unit in
            let first = record.wantedReplicas.upperBound
            try await store.setReplicas(first..<first + record.replicaCount, of: id, in: unit)
            try await unit.append(
                DeploymentRestarted(service: record.instance.service, environment: record.instance.environment), to: record.name)
            try await unit.enqueue(DeploymentJobs.converge(record.instance))
        }
        return try await deployment(access, id)
    }

    /// Gives up a version that is not live yet.
    public func cancel(_ access: Access, _ id: Deployment.ID) async throws -> Deployment {
        let record = try await store.find(id, access)
        let problem = Problem(code: "DEPLOYMENT_CANCELLED", message: "cancelled by \(access.caller.name)")
        let isCancelled = try await database.write(access) { unit in
            try await store.setStatus(id, to: .skipped, from: [.queued, .building, .deploying], problem: problem, in: unit)
        }
        guard isCancelled else {
            throw SwitchyardError(
                .conflict, code: "DEPLOYMENT_SETTLED", "deployment \(id) is \(record.status.rawValue) already",
                hint: "`yard down` removes a running one")
        }
        return try await deployment(access, id)
    }

    /// Takes a version away: the running one, and then nothing serves.
    public func remove(_ access: Access, _ id: Deployment.ID) async throws -> Deployment {
        let record = try await store.find(id, access)
        guard record.isActive || record.status == .crashed else { return try await cancel(access, id) }
        try await database.write(access) { unit in
            guard try await store.setStatus(id, to: .removing, from: [.success, .crashed], in: unit) else { return }
            try await store.deactivate(id, in: unit)
            try await store.setServing(id, [], of: record.instance, in: unit)
            try await unit.enqueue(DeploymentJobs.drain(id, successor: nil, replicas: nil))
        }
        try await routes.push(record.instance, in: access.workspace)
        return try await deployment(access, id)
    }

    /// Runs the active version with another number of replicas; nothing is deployed anew. A version that is on its way gets
    /// that number too.
    public func scale(_ access: Access, _ instance: ServiceInstance, replicas: Int) async throws {
        try await database.write(access) { unit in
            let deployments = try await store.setReplicaCount(replicas, of: instance, in: unit)
            guard let newest = deployments.max() else { return }
            try await unit.append(
                DeploymentScaled(service: instance.service, environment: instance.environment, replicas: replicas),
                to: "deployment/\(newest)")
            try await unit.enqueue(DeploymentJobs.converge(instance))
        }
    }

    /// Deploys the active version of some services again because what it gets has changed. Variables can be part of an image,
    /// so it is built again; so it is when `rebuild` says that build settings changed.
    public func apply(
        _ access: Access, changeOf trigger: DeploymentTrigger, to instances: [ServiceInstance], rebuild: Bool
    ) async throws -> [Deployment] {
        var deployments: [Deployment] = []
        for instance in instances {
            guard let record = try await store.list(instance, before: nil, limit: 100, access).first(where: \.isActive) else { continue }
            deployments.append(try await again(record, trigger: trigger, rebuild: rebuild, access))
        }
        return deployments
    }

    /// The domains of a service changed: the edge hears of it.
    public func domainsChanged(_ access: Access, _ instance: ServiceInstance, removed: [String] = []) async throws {
        if !removed.isEmpty { try await routes.remove(hosts: removed) }
        try await routes.push(instance, in: access.workspace)
    }

    // MARK: How

    private func again(_ record: DeploymentRecord, trigger: DeploymentTrigger, rebuild: Bool, _ access: Access) async throws -> Deployment {
        let blueprint = try await blueprint(record.instance, access)
        var new = copy(of: record, trigger: trigger, settings: blueprint.settings)
        new.project = blueprint.project
        new.settings.healthcheckPath = blueprint.settings.healthcheckPath ?? record.settings.healthcheckPath
        let settings = blueprint.settings
        let isBuiltAlike =
            settings.buildCommand == record.settings.buildCommand && settings.startCommand == record.settings.startCommand
            && settings.rootDirectory == record.settings.rootDirectory && settings.dockerfilePath == record.settings.dockerfilePath
        if !rebuild, isBuiltAlike, let image = record.image, try await builder.hasImage(image) {
            new.image = image
        }
        return try await queue(new, access)
    }

    private func copy(of record: DeploymentRecord, trigger: DeploymentTrigger, settings: ServiceSettings) -> NewDeployment {
        NewDeployment(
            project: record.project, instance: record.instance, trigger: trigger, source: record.source, settings: settings,
            command: record.command, exposedPorts: record.exposedPorts, plan: record.plan, commit: record.commit)
    }

    private func queue(_ new: NewDeployment, _ access: Access) async throws -> Deployment {
        let record = try await database.write(access) { unit in
            try await skipWaiting(new.instance, unit)
            let record = try await store.insert(new, in: unit)
            try await unit.enqueue(new.image == nil ? DeploymentJobs.build(new.id) : DeploymentJobs.converge(new.instance))
            return record
        }
        return record.resource(replicas: [])
    }

    private func skipWaiting(_ instance: ServiceInstance, _ unit: UnitOfWork) async throws {
        let waiting = try await unit.query(
            """
            select id from deployments where environment_id = \(instance.environment.uuid) and service_id = \(instance.service.uuid)
              and status = 'QUEUED' for update
            """)
        let problem = Problem(code: "SUPERSEDED", message: "a newer deployment came before this one was begun")
        for row in waiting {
            try await store.setStatus(.init(uuid: try row.get("id")), to: .skipped, from: [.queued], problem: problem, in: unit)
        }
    }

    private func active(_ id: Deployment.ID, _ access: Access) async throws -> DeploymentRecord {
        let record = try await store.find(id, access)
        guard record.isActive else {
            throw SwitchyardError(
                .conflict, code: "DEPLOYMENT_NOT_ACTIVE", "deployment \(id) is \(record.status.rawValue) and does not run",
                hint: "take the active one: `yard status`; `yard redeploy` starts another again")
        }
        return record
    }

    func blueprint(_ instance: ServiceInstance, _ access: Access) async throws -> ServiceBlueprint {
        guard let blueprint = try await catalog.blueprint(of: instance, in: access.workspace) else {
            throw SwitchyardError.notFound("service", instance.service)
        }
        return blueprint
    }

    private func resources(_ records: [DeploymentRecord], _ access: Access) async throws -> [Deployment] {
        let replicas = Dictionary(grouping: try await store.replicas(of: records.map(\.id), access), by: \.deployment)
        return records.map { $0.resource(replicas: replicas[$0.id] ?? []) }
    }
}
