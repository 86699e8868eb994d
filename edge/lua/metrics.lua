-- Counters and latency histograms by route, as Prometheus text. A worker counts in its own memory and adds that to the shared
-- memory once a second, so that counting costs a request next to nothing. The label is the route's host, never what a client
-- sent, and at most HOSTS_LIMIT hosts have one.

local dictionary = ngx.shared.metrics
local ngx, ngx_var = ngx, ngx.var
local now, start_time = ngx.now, ngx.req.start_time
local floor = math.floor

local FLUSH_SECONDS = 1
local HOSTS_LIMIT = 5000
local BOUNDS = { 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10 }
local LAST_BUCKET = #BOUNDS + 1
local UNKNOWN = { host = "unknown", service = "" }

local metrics = {}

local counts, hosts_count = {}, 0

local function new_count(route)
    local host = route.host
    if hosts_count >= HOSTS_LIMIT then
        host = "other"
        if counts[host] then return counts[host] end
    end
    hosts_count = hosts_count + 1
    local count = { classes = { 0, 0, 0, 0, 0 }, buckets = {}, seconds = 0, bytes = 0, used = false }
    for bucket = 1, LAST_BUCKET do count.buckets[bucket] = 0 end
    counts[host] = count
    return count
end

-- The index in BOUNDS; without a loop, which the compiler would stop at in the path of each request.
local function bucket_of(seconds)
    if seconds <= 0.005 then return 1 end
    if seconds <= 0.01 then return 2 end
    if seconds <= 0.025 then return 3 end
    if seconds <= 0.05 then return 4 end
    if seconds <= 0.1 then return 5 end
    if seconds <= 0.25 then return 6 end
    if seconds <= 0.5 then return 7 end
    if seconds <= 1 then return 8 end
    if seconds <= 2.5 then return 9 end
    if seconds <= 5 then return 10 end
    if seconds <= 10 then return 11 end
    return 12
end

-- Counts the request that has just ended.
function metrics.count(route)
    route = route or UNKNOWN
    local count = counts[route.host] or new_count(route)
    local status = ngx.status
    local class = status >= 200 and status < 600 and floor(status / 100) or 1
    count.used = true
    count.classes[class] = count.classes[class] + 1
    count.bytes = count.bytes + (tonumber(ngx_var.bytes_sent) or 0)
    -- How long a WebSocket was open says nothing about how fast it was answered.
    if class > 1 then
        local seconds = now() - start_time()
        local bucket = bucket_of(seconds)
        count.buckets[bucket] = count.buckets[bucket] + 1
        count.seconds = count.seconds + seconds
    end
    -- The timer of a worker that is about to end does not run any more.
    if ngx.worker.exiting() then metrics.flush() end
end

local function add(key, number)
    if number ~= 0 then dictionary:incr(key, number, 0) end
end

function metrics.flush()
    for host, count in pairs(counts) do
        if count.used then
            for class = 1, 5 do
                add(host .. " c" .. class, count.classes[class])
                count.classes[class] = 0
            end
            for bucket = 1, LAST_BUCKET do
                add(host .. " b" .. bucket, count.buckets[bucket])
                count.buckets[bucket] = 0
            end
            add(host .. " seconds", count.seconds)
            add(host .. " bytes", count.bytes)
            count.seconds, count.bytes, count.used = 0, 0, false
        end
    end
end

function metrics.start_worker()
    ngx.timer.every(FLUSH_SECONDS, metrics.flush)
end

-- Forgets the counts of a host that has no route any more.
function metrics.forget(host)
    for class = 1, 5 do dictionary:delete(host .. " c" .. class) end
    for bucket = 1, LAST_BUCKET do dictionary:delete(host .. " b" .. bucket) end
    dictionary:delete(host .. " seconds")
    dictionary:delete(host .. " bytes")
end

local function get(key)
    return dictionary:get(key) or 0
end

local function each(hosts, write)
    for index, host in ipairs(hosts) do
        write(host)
        -- Lets requests through between the parts of a long answer.
        if index % 100 == 0 then ngx.flush(true) end
    end
end

-- Answers with the metrics of these hosts; `gauges` holds name, help and number of further ones.
function metrics.answer(hosts, gauges)
    ngx.header.content_type = "text/plain; version=0.0.4"
    local known = {}
    hosts[#hosts + 1] = "unknown"
    hosts[#hosts + 1] = "other"
    for _, host in ipairs(hosts) do
        for class = 1, 5 do
            if dictionary:get(host .. " c" .. class) then
                known[#known + 1] = host
                break
            end
        end
    end

    ngx.print("# HELP switchyard_edge_requests_total Requests answered, by route and class of status.\n# TYPE switchyard_edge_requests_total counter\n")
    each(known, function(host)
        for class = 1, 5 do
            local count = get(host .. " c" .. class)
            if count > 0 then ngx.print('switchyard_edge_requests_total{host="', host, '",status="', class, 'xx"} ', count, "\n") end
        end
    end)
    ngx.print("# HELP switchyard_edge_response_bytes_total Bytes sent to clients.\n# TYPE switchyard_edge_response_bytes_total counter\n")
    each(known, function(host)
        ngx.print('switchyard_edge_response_bytes_total{host="', host, '"} ', string.format("%.0f", get(host .. " bytes")), "\n")
    end)
    ngx.print("# HELP switchyard_edge_request_seconds From the first byte of a request to the last of its answer.\n# TYPE switchyard_edge_request_seconds histogram\n")
    each(known, function(host)
        local sum = 0
        for bucket = 1, LAST_BUCKET do
            sum = sum + get(host .. " b" .. bucket)
            ngx.print('switchyard_edge_request_seconds_bucket{host="', host, '",le="', BOUNDS[bucket] or "+Inf", '"} ', sum, "\n")
        end
        ngx.print('switchyard_edge_request_seconds_count{host="', host, '"} ', sum, "\n")
        ngx.print('switchyard_edge_request_seconds_sum{host="', host, '"} ', string.format("%.3f", get(host .. " seconds")), "\n")
    end)
    for _, gauge in ipairs(gauges) do
        ngx.print("# HELP ", gauge.name, " ", gauge.help, "\n# TYPE ", gauge.name, " gauge\n", gauge.name, " ", gauge.number, "\n")
    end
end

return metrics
