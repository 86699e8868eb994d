import Kernel
import PostgresClient

extension UnitOfWork {
    /// Lets go of all that hangs on deleted services or environments: host names become free, variables are gone at once,
    /// volumes are marked and go with the teardown.
    ///
    /// - Parameter scope: A condition on the columns `environment_id` and `service_id`.
    func clear(where scope: SQL) async throws {
        _ = try await transaction.batch([
            """
            with gone as (delete from domains where \(scope) returning host)
            delete from switchyard.hostnames using gone where hostnames.host = gone.host
            """,
            "delete from variables where \(scope)",
            "delete from service_settings where \(scope)",
            "update volumes set deleted_at = now() where deleted_at is null and \(scope)",
        ])
    }
}
