public import Kernel
import PostgresClient
public import Resources

extension ProjectService {
    /// Gives a service in an environment its volume. Deployments from now on have it.
    ///
    /// - Throws: `ENVIRONMENT_NOT_FOUND`, `SERVICE_NOT_FOUND`, `NAME_INVALID`, `NAME_TAKEN`, `PATH_INVALID`, `VOLUME_EXISTS`,
    ///   `SETTING_INVALID` where the service has several replicas.
    public func addVolume(
        _ access: Access, _ environment: Environment.ID, _ service: Service.ID, _ request: CreateVolume
    ) async throws -> Volume {
        let access = try access.with(.volumeWrite)
        try Paths.validateMount(request.mountPath)
        if let name = request.name { try Names.validate(name, of: "volume") }
        return try await database.write(access) { [bounds] work in
            let held = try await work.hold(environment, service)
            let settings = try await Self.settingsOverrides(environment, service, work).settings(within: bounds)
            guard settings.replicas <= 1 else { throw SettingsRules.replicasWithVolume(settings.replicas) }
            let present = try await work.query(
                """
                select name from volumes
                where environment_id = \(environment.uuid) and service_id = \(service.uuid) and deleted_at is null
                """)
            if let name = try present.first?.get("name", as: String.self) {
                throw SwitchyardError(
                    .conflict, code: "VOLUME_EXISTS", "\(held.service.name) has the volume \(name) in this environment already",
                    hint: "a service has one volume: put folders into it, or remove it first")
            }
            let id = Volume.ID.new()
            let name = request.name ?? Self.defaultName(of: held.service)
            let rows = try await work.query(
                """
                insert into volumes (id, environment_id, service_id, name, mount_path, created_at)
                values (\(id.uuid), \(environment.uuid), \(service.uuid), \(name), \(request.mountPath), clock_timestamp())
                on conflict (environment_id, name) where deleted_at is null do nothing returning created_at
                """)
            guard let row = rows.first else { throw Names.taken(name, of: "volume", in: "environment") }
            try await work.append(
                VolumeAdded(volume: id, service: service, environment: environment, name: name, mountPath: request.mountPath),
                to: "service/\(service)")
            return Volume(
                id: id, serviceId: service, environmentId: environment, name: name, mountPath: request.mountPath,
                createdAt: try row.get("created_at"))
        }
    }

    /// - Throws: `ENVIRONMENT_NOT_FOUND`, `SERVICE_NOT_FOUND`.
    public func volumes(_ access: Access, _ environment: Environment.ID, _ service: Service.ID) async throws -> [Volume] {
        try await entry(access, environment, service).volumes
    }

    /// Deletes a volume. Its data goes with the job that follows, once the service runs without it.
    ///
    /// - Throws: `VOLUME_NOT_FOUND`.
    @discardableResult
    public func removeVolume(_ access: Access, _ id: Volume.ID) async throws -> Volume {
        try await database.write(access.with(.volumeDelete)) { work in
            let rows = try await work.query(
                """
                update volumes set deleted_at = now() where id = \(id.uuid) and deleted_at is null
                returning environment_id, service_id, name, mount_path, created_at
                """)
            guard let row = rows.first else { throw SwitchyardError.notFound("volume", id) }
            let volume = Volume(
                id: id, serviceId: try row.id("service_id"), environmentId: try row.id("environment_id"), name: try row.get("name"),
                mountPath: try row.get("mount_path"), createdAt: try row.get("created_at"))
            try await work.append(
                VolumeRemoved(volume: id, service: volume.serviceId, environment: volume.environmentId), to: "service/\(volume.serviceId)")
            try await work.enqueue(VolumeRemoval(environment: volume.environmentId, service: volume.serviceId, volume: id))
            return volume
        }
    }

    private static func defaultName(of service: Service) -> String {
        var stem = service.name.prefix(Names.maximumLength - 7)
        while stem.hasSuffix("-") { stem.removeLast() }
        return stem + "-volume"
    }
}
