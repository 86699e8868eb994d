import Kernel

// A partition gets its day by `attach`, which lets readers and writers go on; `create … partition of` would stop them.
let createLogTables = Migration(
    version: 1, name: "logs",
    script: """
        create sequence switchyard.log_positions;

        create table switchyard.logs (
            position bigint not null default nextval('switchyard.log_positions'),
            kept_at timestamptz not null default now(),
            workspace_id uuid not null,
            environment_id uuid not null,
            service_id uuid not null,
            deployment_id uuid not null,
            kind text not null check (kind in ('BUILD', 'DEPLOY')),
            replica integer,
            time timestamptz not null,
            level text not null check (level in ('DEBUG', 'INFO', 'WARN', 'ERROR')),
            text text not null
        ) partition by range (kept_at);
        create index logs_by_deployment on switchyard.logs (deployment_id, kind, position);
        create index logs_by_service on switchyard.logs (service_id, environment_id, kind, position);
        alter table switchyard.logs enable row level security;
        create policy tenant on switchyard.logs for select using (switchyard.owns(workspace_id));
        grant select on switchyard.logs to switchyard_tenant;

        create table switchyard.log_cursors (
            source text primary key,
            workspace_id uuid not null,
            version bigint not null,
            inode bigint not null,
            read_to bigint not null,
            fingerprint bigint not null,
            state text not null,
            seen_at timestamptz not null default now()
        );
        alter table switchyard.log_cursors enable row level security;
        create policy tenant on switchyard.log_cursors for select using (switchyard.owns(workspace_id));

        create table switchyard.log_writers (
            id uuid primary key,
            batch bigint not null,
            seen_at timestamptz not null default now()
        );

        create function switchyard.prepare_log_partitions(days_ahead integer) returns void language plpgsql as $$
        declare
            day date;
            name text;
        begin
            perform pg_advisory_xact_lock(7310415263144);
            for ahead in 0..days_ahead loop
                day := (now() at time zone 'utc')::date + ahead;
                name := 'logs_' || to_char(day, 'YYYYMMDD');
                if to_regclass('switchyard.' || name) is null then
                    execute format(
                        'create table switchyard.%I (like switchyard.logs including defaults including constraints)', name);
                    execute format(
                        'alter table switchyard.logs attach partition switchyard.%I for values from (%L) to (%L)',
                        name, day::text || ' 00:00:00+00', (day + 1)::text || ' 00:00:00+00');
                end if;
            end loop;
        end $$;

        create function switchyard.expire_logs(days_kept integer) returns integer language plpgsql as $$
        declare
            partition text;
            dropped integer := 0;
        begin
            perform pg_advisory_xact_lock(7310415263144);
            perform set_config('lock_timeout', '5s', true);
            for partition in
                select child.relname from pg_inherits join pg_class as child on child.oid = inhrelid
                where inhparent = 'switchyard.logs'::regclass and child.relname ~ '^logs_[0-9]{8}$'
                    and to_date(substr(child.relname, 6), 'YYYYMMDD') < (now() at time zone 'utc')::date - days_kept
            loop
                execute format('drop table switchyard.%I', partition);
                dropped := dropped + 1;
            end loop;
            -- Places in files that are followed are seen each hour; this long after, their containers are gone.
            delete from switchyard.log_cursors where seen_at < now() - interval '90 days';
            delete from switchyard.log_writers where seen_at < now() - interval '90 days';
            return dropped;
        end $$;

        revoke execute on function switchyard.prepare_log_partitions, switchyard.expire_logs from public;
        select switchyard.prepare_log_partitions(2);
        """)
