/// Who has which host name, over the whole installation. A workspace sees its own rows only, but the primary key holds
/// against all; `hostname_overlaps` answers yes or no for wildcards and the names that they cover.
let hostnamesTable = """
    create table switchyard.hostnames (
        host text primary key,
        workspace_id uuid not null,
        domain_id uuid not null
    );
    create index hostnames_by_workspace on switchyard.hostnames (workspace_id);
    alter table switchyard.hostnames enable row level security;
    create policy tenant on switchyard.hostnames using (switchyard.owns(workspace_id));
    grant select, insert, delete on switchyard.hostnames to switchyard_tenant;

    -- Whether another workspace has the wildcard above a host, or a host below a wildcard. Claims below one parent are in
    -- line behind a lock that ends with the transaction, so that two at once cannot overlap.
    create function switchyard.hostname_overlaps(claimed text, claimant uuid) returns boolean
        language plpgsql volatile security definer set search_path = switchyard, pg_temp as $$
    declare
        parent text := substr(claimed, strpos(claimed, '.') + 1);
    begin
        perform pg_advisory_xact_lock(hashtextextended(parent, 2));
        if claimed like '*.%' then
            return exists (
                select from hostnames h
                where h.workspace_id <> claimant and substr(h.host, strpos(h.host, '.') + 1) = parent);
        end if;
        return exists (select from hostnames h where h.workspace_id <> claimant and h.host = '*.' || parent);
    end $$;
    revoke execute on function switchyard.hostname_overlaps from public;
    grant execute on function switchyard.hostname_overlaps to switchyard_tenant;
    create index hostnames_by_parent on switchyard.hostnames (substr(host, strpos(host, '.') + 1));
    """
