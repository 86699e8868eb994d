import FoundationEssentials
import Kernel
import PostgresClient
import Resources

/// All SQL of the tables `deployments` and `replicas`. Each function that changes something is part of the caller's
/// transaction.
struct DeploymentStore: Sendable {
    let database: Database

    // MARK: Reading

    func find(_ id: Deployment.ID, _ access: Access) async throws -> DeploymentRecord {
        let rows = try await database.query(access, "select \(DeploymentRecord.columns) from deployments where id = \(id.uuid)")
        guard let row = rows.first else { throw SwitchyardError.notFound("deployment", id) }
        return try DeploymentRecord(row)
    }

    /// Newest first.
    func list(_ instance: ServiceInstance, before: Deployment.ID?, limit: Int, _ access: Access) async throws -> [DeploymentRecord] {
        try await database.query(
            access,
            """
            select \(DeploymentRecord.columns) from deployments
            where environment_id = \(instance.environment.uuid) and service_id = \(instance.service.uuid)
              and (\(before?.uuid)::uuid is null or id < \(before?.uuid)::uuid)
            order by id desc limit \(limit)
            """
        ).map(DeploymentRecord.init)
    }

    /// The versions that something may still have to be done about, oldest first: all but those that ended.
    func unsettled(_ instance: ServiceInstance, _ access: Access) async throws -> [DeploymentRecord] {
        try await database.query(
            access,
            """
            select \(DeploymentRecord.columns) from deployments
            where environment_id = \(instance.environment.uuid) and service_id = \(instance.service.uuid)
              and (is_active or status in ('QUEUED', 'BUILDING', 'DEPLOYING', 'REMOVING'))
            order by id
            """
        ).map(DeploymentRecord.init)
    }

    /// The active and the newest version of each service of an environment, in one query.
    func activeAndLatest(_ environment: Environment.ID, _ access: Access) async throws -> [DeploymentRecord] {
        try await database.query(
            access,
            """
            select \(DeploymentRecord.columns) from deployments
            where environment_id = \(environment.uuid)
              and (is_active or id in (
                select distinct on (service_id) id from deployments where environment_id = \(environment.uuid) order by service_id, id desc))
            order by id
            """
        ).map(DeploymentRecord.init)
    }

    /// Each active version of a workspace.
    func active(_ access: Access) async throws -> [DeploymentRecord] {
        try await database.query(access, "select \(DeploymentRecord.columns) from deployments where is_active order by id")
            .map(DeploymentRecord.init)
    }

    func replicas(of deployments: [Deployment.ID], _ access: Access) async throws -> [ReplicaRecord] {
        try await database.query(
            access,
            "select \(ReplicaRecord.columns) from replicas where deployment_id = any(\(deployments.map(\.uuid))) order by deployment_id, index"
        ).map(ReplicaRecord.init)
    }

    /// The images that kept versions need: of each service the active version and the newest `count` that have one.
    func keptImages(count: Int, _ access: Access) async throws -> [String] {
        try await database.query(
            access,
            """
            select distinct image from (
                select image, is_active, status, row_number() over (partition by environment_id, service_id order by id desc) as age
                from deployments where image is not null) as version
            where is_active or age <= \(count) or status in ('QUEUED', 'BUILDING', 'DEPLOYING')
            """
        ).map { try $0.get("image") }
    }

    /// The uploads of the same versions, and of those without an image yet.
    func keptUploads(count: Int, _ access: Access) async throws -> [String] {
        try await database.query(
            access,
            """
            select distinct source->'upload'->>'sha256' as sha256 from (
                select source, is_active, status, row_number() over (partition by environment_id, service_id order by id desc) as age
                from deployments) as version
            where source ? 'upload' and (is_active or age <= \(count) or status in ('QUEUED', 'BUILDING', 'DEPLOYING'))
            """
        ).map { try $0.get("sha256") }
    }

    // MARK: Changing

    func insert(_ new: NewDeployment, in unit: UnitOfWork) async throws -> DeploymentRecord {
        let rows = try await unit.query(
            """
            insert into deployments (id, project_id, environment_id, service_id, status, trigger, source, settings, image, command,
                exposed_ports, plan, git_commit, variables, replica_count)
            values (\(new.id.uuid), \(new.project.uuid), \(new.instance.environment.uuid), \(new.instance.service.uuid), 'QUEUED',
                \(new.trigger.rawValue), \(try json(new.source))::jsonb, \(try json(new.settings))::jsonb, \(new.image),
                \(try new.command.map { try json($0) })::jsonb, \(try json(new.exposedPorts))::jsonb, \(new.plan),
                \(try new.commit.map { try json($0) })::jsonb, \(new.variables), \(new.settings.replicas))
            returning \(DeploymentRecord.columns)
            """)
        guard let row = rows.first else { throw SwitchyardError.notFound("deployment", new.id) }
        let record = try DeploymentRecord(row)
        try await unit.append(
            DeploymentCreated(service: new.instance.service, environment: new.instance.environment, trigger: new.trigger), to: record.name)
        return record
    }

    /// Moves a version to `status` if it is in one of `from`, and says so in the log; false when it wasn't.
    @discardableResult
    func setStatus(
        _ id: Deployment.ID, to status: DeploymentStatus, from: [DeploymentStatus], problem: Problem? = nil, in unit: UnitOfWork
    ) async throws -> Bool {
        let rows = try await unit.query(
            """
            update deployments set status = \(status.rawValue), updated_at = now(),
                problem = coalesce(\(try problem.map { try json($0) })::jsonb, problem)
            where id = \(id.uuid) and status = any(\(from.map(\.rawValue)))
            returning environment_id, service_id
            """)
        guard let row = rows.first else { return false }
        try await unit.append(
            DeploymentStatusChanged(
                service: .init(uuid: try row.get("service_id")), environment: .init(uuid: try row.get("environment_id")), status: status,
                problem: problem),
            to: "deployment/\(id)")
        return true
    }

    func setProduct(_ product: BuildProduct, settings: ServiceSettings, variables: [UInt8], of id: Deployment.ID, in unit: UnitOfWork)
        async throws
    {
        try await unit.query(
            """
            update deployments set image = \(product.image), command = \(try product.command.map { try json($0) })::jsonb,
                exposed_ports = \(try json(product.exposedPorts))::jsonb, plan = \(product.plan), settings = \(try json(settings))::jsonb,
                git_commit = \(try product.commit.map { try json($0) })::jsonb, variables = \(variables), updated_at = now()
            where id = \(id.uuid)
            """)
    }

    func addPhase(_ phase: Deployment.Phase, to id: Deployment.ID, in unit: UnitOfWork) async throws {
        try await unit.query(
            "update deployments set phases = phases || \(try json([phase]))::jsonb, updated_at = now() where id = \(id.uuid)")
    }

    /// Makes a version the active one of its service, and returns the one before, which is to be removed.
    func activate(_ record: DeploymentRecord, in unit: UnitOfWork) async throws -> Deployment.ID? {
        let rows = try await unit.query(
            """
            update deployments set is_active = false, updated_at = now()
            where environment_id = \(record.instance.environment.uuid) and service_id = \(record.instance.service.uuid)
              and is_active and id <> \(record.id.uuid)
            returning id
            """)
        let replaced = try rows.first.map { Deployment.ID(uuid: try $0.get("id")) }
        if let replaced {
            try await setStatus(replaced, to: .removing, from: [.success, .crashed], in: unit)
        }
        try await unit.query("update deployments set is_active = true where id = \(record.id.uuid)")
        return replaced
    }

    func setVariables(_ sealed: [UInt8], of id: Deployment.ID, in unit: UnitOfWork) async throws {
        try await unit.query("update deployments set variables = \(sealed), updated_at = now() where id = \(id.uuid)")
    }

    func setProblem(_ problem: Problem?, of id: Deployment.ID, in unit: UnitOfWork) async throws {
        try await unit.query(
            "update deployments set problem = \(try problem.map { try json($0) })::jsonb, updated_at = now() where id = \(id.uuid)")
    }

    func deactivate(_ id: Deployment.ID, in unit: UnitOfWork) async throws {
        try await unit.query("update deployments set is_active = false, updated_at = now() where id = \(id.uuid)")
    }

    /// How many replicas shall run, beginning with which.
    func setReplicas(_ range: Range<Int>, of id: Deployment.ID, in unit: UnitOfWork) async throws {
        try await unit.query(
            """
            update deployments set first_replica = \(range.lowerBound), replica_count = \(range.count), updated_at = now(),
                settings = jsonb_set(settings, '{replicas}', to_jsonb(\(range.count)::integer))
            where id = \(id.uuid)
            """)
    }

    /// Sets the number of replicas of the active deployment and of those that are on their way, and says which these are.
    func setReplicaCount(_ count: Int, of instance: ServiceInstance, in unit: UnitOfWork) async throws -> [Deployment.ID] {
        try await unit.query(
            """
            update deployments set replica_count = \(count), updated_at = now(),
                settings = jsonb_set(settings, '{replicas}', to_jsonb(\(count)::integer))
            where environment_id = \(instance.environment.uuid) and service_id = \(instance.service.uuid)
                and (is_active or status in ('QUEUED', 'BUILDING', 'DEPLOYING'))
            returning id
            """
        ).map { Deployment.ID(uuid: try $0.get("id")) }
    }

    /// Adds or replaces what is known of a replica; whether it serves stays as it is.
    func save(_ replica: ReplicaRecord, in unit: UnitOfWork) async throws {
        try await unit.query(
            """
            insert into replicas (deployment_id, index, environment_id, service_id, state, container, log_path, address, port, restarts, message)
            values (\(replica.deployment.uuid), \(replica.index), \(replica.instance.environment.uuid), \(replica.instance.service.uuid),
                \(replica.state.rawValue), \(replica.container), \(replica.logPath), \(replica.address), \(replica.port),
                \(replica.restarts), \(replica.message))
            on conflict (deployment_id, index) do update set state = excluded.state, container = excluded.container,
                log_path = excluded.log_path, address = excluded.address, port = excluded.port, restarts = excluded.restarts,
                message = excluded.message, updated_at = now()
            """)
    }

    func deleteReplicas(of id: Deployment.ID, indexes: [Int], in unit: UnitOfWork) async throws {
        for index in indexes {
            try await unit.query("delete from replicas where deployment_id = \(id.uuid) and index = \(index)")
        }
    }

    /// Makes just these replicas of the service the ones that get requests.
    func setServing(_ id: Deployment.ID, _ indexes: [Int], of instance: ServiceInstance, in unit: UnitOfWork) async throws {
        try await unit.query(
            """
            update replicas set serving = deployment_id = \(id.uuid) and index::text = any(\(indexes.map(String.init)))
            where environment_id = \(instance.environment.uuid) and service_id = \(instance.service.uuid)
            """)
    }

    /// Whether requests for the service wait at the edge.
    func setHeld(_ isHeld: Bool, _ instance: ServiceInstance, in unit: UnitOfWork) async throws {
        if isHeld {
            try await unit.query(
                "insert into held_instances values (\(instance.environment.uuid), \(instance.service.uuid)) on conflict do nothing")
        } else {
            try await unit.query(
                "delete from held_instances where environment_id = \(instance.environment.uuid) and service_id = \(instance.service.uuid)")
        }
    }
}

/// What a new row begins with.
struct NewDeployment: Sendable {
    var id: Deployment.ID = .new()
    var project: Project.ID
    var instance: ServiceInstance
    var trigger: DeploymentTrigger
    var source: DeploymentSource
    var settings: ServiceSettings
    var image: String?
    var command: [String]?
    var exposedPorts: [Int] = []
    var plan: String?
    var commit: GitCommit?
    var variables: [UInt8]?
}
