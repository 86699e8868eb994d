-- Picks the replica for a request, and another when that one could not be reached.
--
-- Replicas take turns. One that refused a connection is passed over for two seconds; when all were, they are tried anyway.
-- A request is tried again only when nothing of it had been sent, or when its method promises that twice is as good as once.

local balancer = require "ngx.balancer"

local inflight = require "inflight"
local routes = require "routes"

local ngx, ngx_var = ngx, ngx.var
local set_current_peer, set_more_tries, get_last_failure = balancer.set_current_peer, balancer.set_more_tries, balancer.get_last_failure

local EJECTION_SECONDS = 2
local MORE_TRIES = 3
local NO_REPLICA = -3 -- nginx's NGX_BUSY: answers 502 without another try
local SAFE_METHODS = { GET = true, HEAD = true, OPTIONS = true }

local picker = {}

local function choose(route)
    local endpoints, count = route.endpoints, route.count
    local position = route.position
    local now = route.has_ejected and ngx.now()
    for _ = 1, count do
        position = position % count + 1
        local endpoint = endpoints[position]
        if not now or endpoint.ejected_until <= now then
            route.position = position
            return endpoint
        end
    end
    route.position = position % count + 1
    return endpoints[route.position]
end

-- Lists of nginx hold a number for each try: "0, 312".
local function was_sent()
    for number in (ngx_var.upstream_bytes_sent or ""):gmatch("%d+") do
        if number ~= "0" then return true end
    end
    return false
end

local function eject(route, inflight_key)
    for _, endpoint in ipairs(route.endpoints) do
        if endpoint.inflight_key == inflight_key then
            endpoint.ejected_until = ngx.now() + EJECTION_SECONDS
            route.has_ejected = true
        end
    end
end

function picker.pick()
    local raw = ngx_var.http_host
    local has_failed = get_last_failure()
    -- For the first try the router has just found it. It is looked up anew for each other: it may have been changed meanwhile.
    local route = not has_failed and routes.cached(raw) or routes.find(raw)
    if has_failed then
        local failed = ngx_var.inflight_key
        inflight.finish(failed)
        ngx_var.inflight_key = ""
        local sent = was_sent()
        if sent and not SAFE_METHODS[ngx.req.get_method()] then return ngx.exit(NO_REPLICA) end
        -- When it was sent, the replica may be well and have closed an idle connection only.
        if route and not sent then eject(route, failed) end
    elseif route then
        set_more_tries(route.count > MORE_TRIES and MORE_TRIES or route.count)
    end
    if not route or route.count == 0 then return ngx.exit(NO_REPLICA) end

    local endpoint = choose(route)
    local set, reason = set_current_peer(endpoint.peer, endpoint.port)
    if not set then
        ngx.log(ngx.ERR, "a replica could not be chosen: ", reason)
        return ngx.exit(NO_REPLICA)
    end
    inflight.start(endpoint.inflight_key)
    ngx_var.inflight_key = endpoint.inflight_key
    ngx_var.deployment = endpoint.deployment
end

return picker
