-- Decides what happens to a request before it is passed on: unknown host, redirect, wait, or go.

local pages = require "pages"
local routes = require "routes"
local settings = require "settings"
local names = require "names"

local ngx, ngx_var = ngx, ngx.var
local start_time = ngx.req.start_time
local format, random, floor = string.format, math.random, math.floor
local fail = pages.fail

local HOLD_INTERVAL = 0.02
local MILLISECONDS = {}
for number = 0, 1000 do MILLISECONDS[number] = format("%03d", math.min(number, 999)) end
local BLOCK = 0x1000
local LAST_DIGITS = {}
for number = 0, BLOCK - 1 do LAST_DIGITS[number] = format("%03x", number) end

local router = {}

local held = 0 -- requests of this worker that wait
local prefix, block, blocks, requests = "", "", 0, 0
local last_second, second_text = 0, ""

-- Each worker draws its ids from another point.
function router.start_worker()
    local file = assert(io.open("/dev/urandom", "rb"))
    local bytes = file:read(14)
    file:close()
    local seed = 0
    for index = 1, 6 do seed = seed * 256 + bytes:byte(index) end
    math.randomseed(seed)
    prefix = bytes:sub(7):gsub(".", function(character) return format("%02x", character:byte()) end)
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

-- 32 hexadecimal digits: the worker's own, then for each block of requests a random part and a count, and the request's place
-- in the block. Unique, but no secret.
local function new_trace_id()
    requests = (requests + 1) % BLOCK
    if requests == 0 or block == "" then
        blocks = (blocks + 1) % 0x10000000
        block = prefix .. format("%06x%07x", random(0, 0xffffff), blocks)
    end
    return block .. LAST_DIGITS[requests]
end

-- When the request came, in milliseconds since 1970; the seconds are written anew once a second only.
local function request_start()
    local time = start_time()
    local second = floor(time)
    if second ~= last_second then
        last_second, second_text = second, format("%.0f", second)
    end
    return second_text .. MILLISECONDS[floor((time - second) * 1000)]
end

function router.access()
    ngx_var.trace_id = new_trace_id()
    ngx_var.request_start = request_start()
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
