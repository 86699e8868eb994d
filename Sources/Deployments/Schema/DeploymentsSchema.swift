public import Kernel

/// The tables of deployments and their replicas, in each workspace's schema.
public let deploymentsSchema = ModuleSchema(
    name: "deployments",
    shared: [
        Migration(
            version: 1, name: "route revisions",
            script: """
                create sequence switchyard.route_revisions;
                grant usage on sequence switchyard.route_revisions to switchyard_tenant;
                """)
    ],
    tenant: [
        Migration(
            version: 1, name: "deployments and replicas",
            script: """
                create table deployments (
                    id uuid primary key,
                    project_id uuid not null,
                    environment_id uuid not null,
                    service_id uuid not null,
                    status text not null,
                    trigger text not null,
                    source jsonb not null,
                    settings jsonb not null,
                    image text,
                    command jsonb,
                    exposed_ports jsonb not null default '[]',
                    plan text,
                    git_commit jsonb,
                    variables bytea,
                    problem jsonb,
                    phases jsonb not null default '[]',
                    is_active boolean not null default false,
                    first_replica integer not null default 0,
                    replica_count integer not null,
                    created_at timestamptz not null default now(),
                    updated_at timestamptz not null default now()
                );
                create index deployments_by_service on deployments (environment_id, service_id, id desc);
                create index deployments_by_project on deployments (project_id);
                create unique index deployments_active on deployments (environment_id, service_id) where is_active;

                create table replicas (
                    deployment_id uuid not null references deployments (id),
                    index integer not null,
                    environment_id uuid not null,
                    service_id uuid not null,
                    state text not null,
                    container text,
                    log_path text,
                    address text,
                    port integer not null,
                    serving boolean not null default false,
                    restarts integer not null default 0,
                    message text,
                    updated_at timestamptz not null default now(),
                    primary key (deployment_id, index)
                );
                create index replicas_by_service on replicas (environment_id, service_id);

                create table held_instances (
                    environment_id uuid not null,
                    service_id uuid not null,
                    primary key (environment_id, service_id)
                );
                """)
    ])
