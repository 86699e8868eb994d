/// A workspace sees its own members and tokens (never more of a token than its hash); users are the platform's alone.
let accountTables = """
    create table switchyard.users (
        id uuid primary key,
        name text not null,
        created_at timestamptz not null default clock_timestamp()
    );
    alter table switchyard.users enable row level security;

    create table switchyard.workspaces (
        id uuid primary key,
        name text not null,
        created_at timestamptz not null default clock_timestamp()
    );
    alter table switchyard.workspaces enable row level security;
    create policy tenant on switchyard.workspaces using (switchyard.owns(id));
    grant select on switchyard.workspaces to switchyard_tenant;

    create table switchyard.members (
        workspace_id uuid not null references switchyard.workspaces,
        user_id uuid not null references switchyard.users,
        role text not null check (role in ('OWNER', 'ADMIN', 'MEMBER', 'VIEWER')),
        created_at timestamptz not null default clock_timestamp(),
        primary key (workspace_id, user_id)
    );
    alter table switchyard.members enable row level security;
    create policy tenant on switchyard.members using (switchyard.owns(workspace_id));
    grant select on switchyard.members to switchyard_tenant;

    create table switchyard.tokens (
        id uuid primary key,
        hash bytea not null unique,
        name text not null,
        user_id uuid not null,
        workspace_id uuid not null,
        created_at timestamptz not null default clock_timestamp(),
        last_used_at timestamptz,
        revoked_at timestamptz,
        expires_at timestamptz,
        foreign key (workspace_id, user_id) references switchyard.members (workspace_id, user_id) on delete cascade
    );
    create index tokens_by_workspace on switchyard.tokens (workspace_id);
    alter table switchyard.tokens enable row level security;
    create policy tenant on switchyard.tokens using (switchyard.owns(workspace_id));
    grant select, insert on switchyard.tokens to switchyard_tenant;
    grant update (revoked_at) on switchyard.tokens to switchyard_tenant;
    """
