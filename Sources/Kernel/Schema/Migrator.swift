public import PostgresClient
public import Resources

/// Brings the database to the present schema: in order, each step in a transaction with its record, so that a step is done
/// once however often and by however many processes at once this is asked.
public struct Migrator: Sendable {
    private let client: PostgresClient
    private let modules: [ModuleSchema]

    /// - Parameter modules: In the order of their dependence; the Kernel's own come first by themselves.
    public init(client: PostgresClient, modules: [ModuleSchema]) {
        self.client = client
        self.modules = [kernelSchema] + modules
    }

    /// Migrates the shared tables, then every workspace's schema.
    public func migrate() async throws {
        try await locked { transaction in
            try await transaction.execute(script: Self.foundation)
            for module in modules {
                try await apply(module.shared, of: module.name, scope: "shared", in: transaction)
            }
        }
        let schemas = try await client.query("select nspname from pg_namespace where nspname ~ '^tenant_[0-9a-f]{32}$' order by 1")
        for row in schemas {
            try await migrateTenant(row.get("nspname"))
        }
    }

    /// Makes a new workspace's role and schema. Doing it again changes nothing.
    public func createTenant(_ workspace: Workspace.ID) async throws {
        let name = TenantSchema(workspace).name
        try await locked { transaction in
            let roles = try await transaction.query("select 1 from pg_roles where rolname = \(name)")
            if roles.isEmpty {
                try await transaction.query("create role \(identifier: name) nologin in role switchyard_tenant")
            }
            try await transaction.query("grant \(identifier: name) to current_user")
            try await transaction.query("create schema if not exists \(identifier: name)")
            try await transaction.query("grant usage on schema \(identifier: name) to \(identifier: name)")
        }
        try await migrateTenant(name)
    }

    private func migrateTenant(_ name: String) async throws {
        try await locked { transaction in
            try await transaction.query("select set_config('search_path', \(name + ", switchyard"), true)")
            for module in modules {
                try await apply(module.tenant, of: module.name, scope: name, in: transaction)
            }
            try await transaction.query(
                "grant select, insert, update, delete on all tables in schema \(identifier: name) to \(identifier: name)")
            try await transaction.query("grant usage on all sequences in schema \(identifier: name) to \(identifier: name)")
        }
    }

    private func apply(_ migrations: [Migration], of module: String, scope: String, in transaction: Transaction) async throws {
        let rows = try await transaction.query(
            "select coalesce(max(version), 0) as version from switchyard.migrations where module = \(module) and scope = \(scope)")
        let done = try rows.first?.get("version", as: Int.self) ?? 0
        guard done <= migrations.count else {
            throw SwitchyardError(
                .internalFault, code: "SCHEMA_TOO_NEW",
                "the database has version \(done) of \(module), this program knows \(migrations.count)",
                hint: "start the newer program that last ran on this database")
        }
        for migration in migrations.dropFirst(done) {
            try await transaction.execute(script: migration.script)
            try await transaction.query(
                "insert into switchyard.migrations (module, scope, version, name) values (\(module), \(scope), \(migration.version), \(migration.name))"
            )
        }
    }

    /// One migrator at a time: the lock ends with the transaction.
    private func locked(_ body: @Sendable (Transaction) async throws -> Void) async throws {
        try await client.transaction { transaction in
            try await transaction.query("select pg_advisory_xact_lock(7310415263141)")
            try await body(transaction)
        }
    }

    private static let foundation = """
        create schema if not exists switchyard;
        create table if not exists switchyard.migrations (
            module text not null,
            scope text not null,
            version integer not null,
            name text not null,
            time timestamptz not null default now(),
            primary key (module, scope, version)
        );
        do $$ begin
            create role switchyard_tenant nologin;
        exception when duplicate_object or unique_violation then
            null;  -- roles belong to the whole cluster: another database may have made it
        end $$;
        grant usage on schema switchyard to switchyard_tenant;
        """
}
