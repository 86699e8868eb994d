/// The Kernel's own tables, all shared. `switchyard.owns` is what every shared table's row-level security asks: whether the
/// row belongs to the workspace of the current role.
public let kernelSchema = ModuleSchema(
    name: "kernel",
    shared: [
        Migration(
            version: 1, name: "events and jobs",
            script: """
                create function switchyard.owns(workspace uuid) returns boolean
                    language sql stable parallel safe
                    return 'tenant_' || replace(workspace::text, '-', '') = current_user;

                create table switchyard.events (
                    position bigint generated always as identity primary key,
                    workspace_id uuid not null,
                    stream text not null,
                    version integer not null,
                    type text not null,
                    data jsonb not null,
                    actor text not null,
                    time timestamptz not null default clock_timestamp(),
                    unique (workspace_id, stream, version)
                );
                create index events_by_workspace on switchyard.events (workspace_id, position);
                alter table switchyard.events enable row level security;
                create policy tenant on switchyard.events using (switchyard.owns(workspace_id));
                grant select, insert on switchyard.events to switchyard_tenant;

                create table switchyard.jobs (
                    id uuid primary key,
                    workspace_id uuid not null,
                    kind text not null,
                    key text not null,
                    payload jsonb not null,
                    priority integer not null default 0,
                    run_at timestamptz not null default now(),
                    created_at timestamptz not null default clock_timestamp(),
                    attempts integer not null default 0,
                    fence bigint not null default 0,
                    leased_by text,
                    leased_until timestamptz,
                    last_problem text
                );
                create index jobs_due on switchyard.jobs (kind, run_at) where leased_by is null;
                create index jobs_by_key on switchyard.jobs (key, id);
                alter table switchyard.jobs enable row level security;
                create policy tenant on switchyard.jobs using (switchyard.owns(workspace_id));
                grant select, insert, update (last_problem) on switchyard.jobs to switchyard_tenant;  -- update: what `for share` asks
                """)
    ])
