-- Decides what happens to a request before it is passed on: unknown host, redirect, wait, or go.

local pages = require "pages"
local routes = require "routes"
local settings = require "settings"
local names = require "names"

local ngx, ngx_var = ngx, ngx.var
local start_time = ngx.req.start_time
local format, random = string.format, math.random
local fail = pages.fail

local HOLD_INTERVAL = 0.02

local router = {}

local held = 0 -- requests of this worker that wait

-- Each worker draws its ids from another point.
function router.start_worker()
    local file = assert(io.open("/dev/urandom", "rb"))
    local bytes = file:read(6)
    file:close()
    local seed = 0
    for index = 1, #bytes do seed = seed * 256 + bytes:byte(index) end
    math.randomseed(seed)
end

function router.held()
    return held
end

-- Waits until the route has a replica again, for instance while a service with a volume is replaced: its old replica has to
-- end before the new one may start.
local function hold(raw)
    if held >= settings.holdLimit then return fail(503, "HOLD_LIMITED") end
    held = held + 1
    local deadline = ngx.now() + settings.holdSeconds
    local route
    repeat
        ngx.sleep(HOLD_INTERVAL)
        route = routes.find(raw)
    until not route or route.count > 0 or not route.hold or ngx.now() >= deadline
    held = held - 1
    if not route then return fail(404, "HOST_UNKNOWN") end
    if route.count == 0 then return fail(503, route.hold and "HOLD_TIMED_OUT" or "SERVICE_DOWN") end
end

local function redirect(raw)
    local port = settings.httpsPort
    local authority = names.normalize(raw) .. (port == 443 and "" or ":" .. port)
    return ngx.redirect("https://" .. authority .. ngx_var.request_uri, 308)
end

-- 128 bits as 32 digits; unique, but no secret.
local function new_trace_id()
    return format("%08x%08x%08x%08x", random(0, 0xffffffff), random(0, 0xffffffff), random(0, 0xffffffff), random(0, 0xffffffff))
end

function router.access()
    ngx_var.trace_id = new_trace_id()
    -- Milliseconds since 1970.
    ngx_var.request_start = format("%.0f", start_time() * 1000)
    local raw = ngx_var.http_host
    local route = routes.find(raw)
    if not route then return fail(404, "HOST_UNKNOWN") end
    if route.redirect and ngx_var[settings.schemeVariable] == "http" then return redirect(raw) end
    if route.count == 0 then
        if route.hold then return hold(raw) end
        return fail(503, "SERVICE_DOWN")
    end
end

return router
