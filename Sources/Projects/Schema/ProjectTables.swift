/// Each workspace's own tables. Projects, environments, services and volumes are only marked as deleted, since what runs
/// under them has yet to be wound down; a deleted one's name is free again.
let projectTables = """
    create table projects (
        id uuid primary key,
        name text not null,
        created_at timestamptz not null,
        deleted_at timestamptz
    );
    create unique index projects_name on projects (name) where deleted_at is null;

    create table environments (
        id uuid primary key,
        project_id uuid not null references projects,
        name text not null,
        created_at timestamptz not null,
        deleted_at timestamptz
    );
    create unique index environments_name on environments (project_id, name) where deleted_at is null;

    create table services (
        id uuid primary key,
        project_id uuid not null references projects,
        name text not null,
        created_at timestamptz not null,
        deleted_at timestamptz
    );
    create unique index services_name on services (project_id, name) where deleted_at is null;

    -- Only what differs from the defaults, as in a request to change settings: a new setting needs no migration.
    create table service_settings (
        environment_id uuid not null references environments,
        service_id uuid not null references services,
        overrides jsonb not null,
        primary key (environment_id, service_id)
    );

    -- Without a service: shared by the environment. The value is encrypted; refs are the references in it, in clear, so that
    -- loops and dependents are found without opening a value.
    create table variables (
        environment_id uuid not null references environments,
        service_id uuid references services,
        name text not null,
        value bytea not null,
        refs text[] not null,
        sealed boolean not null,
        unique nulls not distinct (environment_id, service_id, name)
    );

    create table domains (
        id uuid primary key,
        environment_id uuid not null references environments,
        service_id uuid not null references services,
        host text not null unique,
        is_generated boolean not null,
        target_port integer,
        created_at timestamptz not null
    );
    create index domains_instance on domains (environment_id, service_id);
    create unique index domains_generated on domains (environment_id, service_id) where is_generated;

    create table volumes (
        id uuid primary key,
        environment_id uuid not null references environments,
        service_id uuid not null references services,
        name text not null,
        mount_path text not null,
        created_at timestamptz not null,
        deleted_at timestamptz
    );
    create unique index volumes_instance on volumes (environment_id, service_id) where deleted_at is null;
    create unique index volumes_name on volumes (environment_id, name) where deleted_at is null;
    """
