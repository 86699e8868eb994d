-- How many requests, WebSockets among them, each replica has at the moment: a replica with none may be stopped.
-- Counted by worker ("<pid> <address>:<port>"), so that the count of one that was killed can be dropped.

local dictionary = ngx.shared.inflight

local CLEANING_SECONDS = 60

local inflight = {}

function inflight.start(key)
    dictionary:incr(key, 1, 0)
end

function inflight.finish(key)
    if key and key ~= "" then dictionary:incr(key, -1) end
end

local function is_alive(pid)
    local file = io.open("/proc/" .. pid .. "/stat")
    if file then file:close() end
    return file ~= nil
end

-- The sums by "<address>:<port>", without those that have none.
function inflight.sums()
    local sums, alive = {}, {}
    for _, key in ipairs(dictionary:get_keys(0)) do
        local pid, endpoint = key:match("^(%d+) (.+)$")
        if alive[pid] == nil then alive[pid] = is_alive(pid) end
        if alive[pid] then
            local count = dictionary:get(key) or 0
            if count > 0 then sums[endpoint] = (sums[endpoint] or 0) + count end
        else
            dictionary:delete(key)
        end
    end
    return sums
end

-- Only this worker changes its own keys, so it alone may drop those that are zero.
local function drop_zeros()
    local own = "^" .. ngx.worker.pid() .. " "
    for _, key in ipairs(dictionary:get_keys(0)) do
        if key:match(own) and dictionary:get(key) == 0 then dictionary:delete(key) end
    end
end

function inflight.start_worker()
    ngx.timer.every(CLEANING_SECONDS, drop_zeros)
end

return inflight
