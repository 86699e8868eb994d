public import Kernel
import PostgresClient
public import Resources

extension ProjectService {
    /// Changes how a service is built and run in one environment.
    ///
    /// - Throws: `ENVIRONMENT_NOT_FOUND`, `SERVICE_NOT_FOUND`, `SETTING_INVALID`, `PATH_INVALID`, `COMMAND_INVALID`.
    public func updateSettings(
        _ access: Access, _ environment: Environment.ID, _ service: Service.ID, _ request: UpdateSettings
    ) async throws -> SettingsChange {
        let access = try access.with(.projectWrite)
        try SettingsRules.validate(request, bounds: bounds)
        return try await database.write(access) { [bounds] work in
            _ = try await work.hold(environment, service)
            var overrides = try await Self.settingsOverrides(environment, service, work)
            let old = overrides.settings(within: bounds)
            overrides.merge(request)
            let new = overrides.settings(within: bounds)
            guard old != new else { return SettingsChange(from: old, to: new) }
            if new.replicas > 1 {
                let volumes = try await work.query(
                    """
                    select 1 from volumes where environment_id = \(environment.uuid) and service_id = \(service.uuid)
                    and deleted_at is null
                    """)
                guard volumes.isEmpty else { throw SettingsRules.replicasWithVolume(new.replicas) }
            }
            let text = try SettingsText.encode(overrides)
            try await work.query(
                """
                insert into service_settings (environment_id, service_id, overrides)
                values (\(environment.uuid), \(service.uuid), \(text)::jsonb)
                on conflict (environment_id, service_id) do update set overrides = excluded.overrides
                """)
            try await work.append(
                ServiceSettingsChanged(service: service, environment: environment, changes: request), to: "service/\(service)")
            return SettingsChange(from: old, to: new)
        }
    }

    static func settingsOverrides(
        _ environment: Environment.ID, _ service: Service.ID, _ work: UnitOfWork
    ) async throws -> UpdateSettings {
        let rows = try await work.query(
            """
            select overrides::text as overrides from service_settings
            where environment_id = \(environment.uuid) and service_id = \(service.uuid)
            """)
        return try SettingsText.decode(rows.first?.get("overrides"))
    }
}
