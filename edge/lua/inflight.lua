-- How many requests, WebSockets among them, each replica has at the moment: a replica with none may be stopped.
-- Counted by worker ("<pid> <address>:<port>"), so that the count of one that was killed can be dropped.
--
-- A worker counts in its own memory. The shared memory has at once whether a replica has any; how many, when there are several,
-- it has a moment later, so that under load a request need not lock it.

local dictionary = ngx.shared.inflight

local CLEANING_SECONDS = 60
local SHARING_SECONDS = 0.02

local inflight = {}

local counts = {} -- of this worker, by key
local unshared, is_planned = {}, false

local function share()
    is_planned = false
    for key in pairs(unshared) do
        dictionary:set(key, counts[key])
        unshared[key] = nil
    end
end

local function share_soon(key)
    unshared[key] = true
    if is_planned then return end
    is_planned = ngx.timer.at(SHARING_SECONDS, share)
    -- A worker that is about to end starts no timers.
    if not is_planned then share() end
end

function inflight.start(key)
    local count = (counts[key] or 0) + 1
    counts[key] = count
    if count == 1 then dictionary:set(key, 1) else share_soon(key) end
end

function inflight.finish(key)
    if not key or key == "" then return end
    local count = counts[key] - 1
    counts[key] = count
    if count == 0 then dictionary:set(key, 0) else share_soon(key) end
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
        if key:match(own) and dictionary:get(key) == 0 then
            dictionary:delete(key)
            counts[key] = nil
        end
    end
end

function inflight.start_worker()
    ngx.timer.every(CLEANING_SECONDS, drop_zeros)
end

return inflight
