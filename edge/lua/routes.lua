-- Which host goes where. A route is
--   {"host": "api.example.com", "service": "<id>", "redirect": false, "hold": false,
--    "endpoints": [{"address": "10.89.0.7", "port": 3000, "deployment": "<id>"}]}
-- `redirect` sends plain HTTP to HTTPS; `hold` lets requests wait while there is no endpoint.

local cjson = require "cjson.safe"

local Store = require "store"
local files = require "files"
local names = require "names"

local control = ngx.shared.control
local random = math.random

local ENDPOINTS_LIMIT = 256
-- Spellings of hosts (upper case, ports) that a worker remembers before it forgets all.
local CACHE_LIMIT = 20000

local routes = {}

local function is_optional_flag(value)
    return value == nil or value == true or value == false
end

local function encode_endpoint(endpoint, seen)
    if type(endpoint) ~= "table" or not names.is_address(endpoint.address) or not names.is_port(endpoint.port) then
        return nil, "an endpoint needs an IP address and a port from 1 to 65535"
    end
    local deployment = endpoint.deployment or ""
    if not names.is_label(deployment) then return nil, "a deployment's id holds other characters than A-Z a-z 0-9 _ -" end
    local key = endpoint.address .. " " .. endpoint.port
    if seen[key] then return nil, "an endpoint is listed twice" end
    seen[key] = true
    return string.format('{"address":"%s","port":%d,"deployment":"%s"}', endpoint.address, endpoint.port, deployment)
end

-- Checks a route and brings it into the one form in which it is kept: its host and text, or nil and what is wrong.
function routes.encode(route)
    if type(route) ~= "table" then return nil, "a route is an object" end
    if not names.is_host(route.host) then return nil, "a route's host is not a host name in lower case" end
    local service = route.service or ""
    if not names.is_label(service) then return nil, "the service's id of " .. route.host .. " holds other characters than A-Z a-z 0-9 _ -" end
    if not is_optional_flag(route.redirect) or not is_optional_flag(route.hold) then
        return nil, "redirect and hold of " .. route.host .. " are true or false"
    end
    local endpoints = route.endpoints
    if type(endpoints) ~= "table" then return nil, "the endpoints of " .. route.host .. " are missing" end
    local count = 0
    for _ in pairs(endpoints) do count = count + 1 end
    if count ~= #endpoints or count > ENDPOINTS_LIMIT then
        return nil, "the endpoints of " .. route.host .. " are no list of at most " .. ENDPOINTS_LIMIT
    end
    local texts, seen = {}, {}
    for index, endpoint in ipairs(endpoints) do
        local text, reason = encode_endpoint(endpoint, seen)
        if not text then return nil, route.host .. ": " .. reason end
        texts[index] = text
    end
    return route.host, string.format(
        '{"host":"%s","service":"%s","redirect":%s,"hold":%s,"endpoints":[%s]}', route.host, service, route.redirect == true,
        route.hold == true, table.concat(texts, ","))
end

routes.store = Store.new("routes", ngx.shared.routes, function(key, text)
    return routes.encode(cjson.decode(text)) == key
end)

-- The form in which a worker uses a route.
local function prepare(text)
    local route = cjson.decode(text)
    local pid = ngx.worker.pid()
    for _, endpoint in ipairs(route.endpoints) do
        local address = endpoint.address
        if address:find(":", 1, true) then endpoint.peer = "[" .. address .. "]" else endpoint.peer = address end
        endpoint.inflight_key = pid .. " " .. endpoint.peer .. ":" .. endpoint.port
        endpoint.ejected_until = 0
    end
    route.count = #route.endpoints
    -- Workers don't all begin with the first replica.
    route.position = random(route.count + 1)
    return route
end

-- In the master, at the start. After a restart of the machine, or a stop of all replicas, their addresses may be those of
-- others by now: requests wait until the new ones are known.
function routes.load(folder)
    routes.store:load()
    local path = folder .. "/state/boot"
    local boot = files.read("/proc/sys/kernel/random/boot_id") or ""
    if files.read(path) == boot then return end
    for _, key in ipairs(routes.store:keys()) do
        local text, revision = routes.store:get(key)
        local route = cjson.decode(text)
        if #route.endpoints > 0 then
            route.endpoints, route.hold = {}, true
            routes.store:set_for_now(key, revision, select(2, routes.encode(route)))
        end
    end
    files.replace(path, boot)
end

local prepared = {} -- by text
local cache, cached_count = {}, 0 -- by the Host header as the client wrote it

local function refresh(raw, generation)
    local host = names.normalize(raw)
    local text = routes.store:get(host)
    if not text then
        local wildcard = names.wildcard(host)
        text = wildcard and routes.store:get(wildcard)
    end
    -- Unknown hosts are not remembered: anybody can make them up.
    if not text then
        cache[raw] = nil
        return nil
    end
    if cached_count >= CACHE_LIMIT then
        cache, prepared, cached_count = {}, {}, 0
    end
    local route = prepared[text]
    if not route then
        route = prepare(text)
        prepared[text] = route
        cached_count = cached_count + 1
    end
    if not cache[raw] then cached_count = cached_count + 1 end
    cache[raw] = { generation = generation, route = route }
    return route
end

local generation_key = routes.store.generation_key

-- The route for a Host header, as new as the last answered change; nil when there is none.
function routes.find(raw)
    if not raw then return nil end
    local generation = control:get(generation_key)
    local entry = cache[raw]
    if entry and entry.generation == generation then return entry.route end
    return refresh(raw, generation)
end

-- The route last found for a Host header, for counting.
function routes.cached(raw)
    local entry = raw and cache[raw]
    return entry and entry.route
end

return routes
