import Kernel

// The planner takes the tenant's policy and the ids for independent, expects a handful of lines where there are millions, and would
// collect and sort them all for each page. Inside of this function it has only the walk along an index, which costs a page however
// many lines there are. It runs as its caller, so the policy holds.
let createLogPage = Migration(
    version: 2, name: "pages of logs",
    script: """
        create function switchyard.log_page(
            subject uuid, environment uuid, of_kind text, after_position bigint, maximum integer
        ) returns table (
            "position" bigint, "time" timestamptz, deployment_id uuid, service_id uuid, kind text, replica integer, level text, text text
        ) language plpgsql stable
            set enable_sort = off set enable_bitmapscan = off set enable_seqscan = off
        as $$
        begin
            return query execute format(
                'select position, time, deployment_id, service_id, kind, replica, level, text from switchyard.logs
                where %s and kind = $3 and %s order by position %s limit $5',
                case when environment is null then 'deployment_id = $1' else 'service_id = $1 and environment_id = $2' end,
                case when after_position is null then 'true' else 'position > $4' end,
                case when after_position is null then 'desc' else 'asc' end
            ) using subject, environment, of_kind, after_position, maximum;
        end $$;
        """)
