-- What the control plane may ask and change, over the Unix socket. Everything is JSON; errors are {"code", "message"}.
--   GET /status                          GET /metrics (Prometheus text)     GET /inflight -> {"10.89.0.7:3000": 2}
--   GET /routes   PUT /routes {"revision", "routes": [...]}                 replaces all, or changes nothing
--   GET /routes/HOST   PUT /routes/HOST {"revision", "route"}               DELETE /routes/HOST?revision=N
--   GET /certificates -> names   PUT /certificates/NAME {"revision", "certificate", "key"}   DELETE /certificates/NAME?revision=N

local cjson = require "cjson.safe"

local certificates = require "certificates"
local files = require "files"
local inflight = require "inflight"
local metrics = require "metrics"
local names = require "names"
local router = require "router"
local routes = require "routes"
local settings = require "settings"

local admin = {}

local STATUS_OF = { OLD_REVISION = 409, FULL = 507, BUSY = 503, FAULT = 500 }
local MESSAGE_OF = {
    OLD_REVISION = "a newer revision is in place",
    FULL = "the edge's memory for this table is full",
    BUSY = "another change takes too long",
    FAULT = "the change failed; the edge's error log says why",
}

local function refuse(status, code, message)
    ngx.status = status
    ngx.print(cjson.encode({ code = code, message = message }))
end

local function changed(store, done, code)
    if not done then return refuse(STATUS_OF[code], code, MESSAGE_OF[code]) end
    ngx.print(string.format('{"revision":%.0f,"saved":%s}', store:revision(), store:is_saved()))
end

-- The body as a table with a revision; otherwise it is refused here and nil returned.
local function read_change()
    ngx.req.read_body()
    local text = ngx.req.get_body_data()
    if not text then
        -- Larger than the memory set aside for bodies.
        local path = ngx.req.get_body_file()
        text = path and files.read(path)
    end
    local body = text and cjson.decode(text)
    if type(body) ~= "table" then return refuse(400, "INVALID", "the body is not a JSON object") end
    if not names.is_revision(body.revision) then return refuse(400, "INVALID", "revision is not a whole number from 0 to 2^53") end
    return body
end

-- The revision in the query of a DELETE; otherwise it is refused here and nil returned.
local function read_revision()
    local revision = tonumber(ngx.var.arg_revision)
    if not names.is_revision(revision) then return refuse(400, "INVALID", "revision is not a whole number from 0 to 2^53") end
    return revision
end

local function answer_status()
    ngx.print(string.format(
        '{"digest":"%s","routes":%d,"revision":%.0f,"certificatesRevision":%.0f,"saved":%s,"worker":%d}', settings.digest,
        #routes.store:keys(), routes.store:revision(), certificates.store:revision(),
        routes.store:is_saved() and certificates.store:is_saved(), ngx.worker.pid()))
end

local function answer_metrics()
    metrics.flush()
    metrics.answer(routes.store:keys(), {
        { name = "switchyard_edge_connections", help = "Open client connections.", number = ngx.var.connections_active },
        { name = "switchyard_edge_routes", help = "Hosts with a route.", number = #routes.store:keys() },
        { name = "switchyard_edge_held_requests", help = "Requests of the answering worker that wait for a replica.", number = router.held() },
    })
end

local function answer_inflight()
    local parts = {}
    for endpoint, count in pairs(inflight.sums()) do parts[#parts + 1] = string.format('"%s":%d', endpoint, count) end
    ngx.print("{", table.concat(parts, ","), "}")
end

local function answer_routes()
    local texts = {}
    for _, host in ipairs(routes.store:keys()) do texts[#texts + 1] = routes.store:get(host) end
    ngx.print(string.format('{"revision":%.0f,"routes":[%s]}', routes.store:revision(), table.concat(texts, ",")))
end

local function replace_routes()
    local body = read_change()
    if not body then return end
    if type(body.routes) ~= "table" then return refuse(400, "INVALID", "routes is not a list") end
    local texts, count = {}, 0
    for _, route in pairs(body.routes) do
        local host, text = routes.encode(route)
        if not host then return refuse(422, "INVALID_ROUTE", text) end
        if texts[host] then return refuse(422, "INVALID_ROUTE", host .. " is listed twice") end
        texts[host] = text
        count = count + 1
    end
    if count ~= #body.routes then return refuse(400, "INVALID", "routes is not a list") end
    local before = routes.store:keys()
    local done, code = routes.store:replace(body.revision, texts)
    if done then
        for _, host in ipairs(before) do
            if not texts[host] then metrics.forget(host) end
        end
    end
    changed(routes.store, done, code)
end

local function answer_route(host)
    local text, revision = routes.store:get(host)
    if not text then return refuse(404, "NOT_FOUND", "there is no route for this host") end
    ngx.print(string.format('{"revision":%.0f,"route":%s}', revision, text))
end

local function put_route(name)
    local body = read_change()
    if not body then return end
    local host, text = routes.encode(body.route)
    if not host then return refuse(422, "INVALID_ROUTE", text) end
    if host ~= name then return refuse(422, "INVALID_ROUTE", "the route is for another host than the address") end
    changed(routes.store, routes.store:put(host, body.revision, text))
end

local function delete_route(host)
    local revision = read_revision()
    if not revision then return end
    local done, code = routes.store:put(host, revision, "")
    if done then metrics.forget(host) end
    changed(routes.store, done, code)
end

local function answer_certificates()
    local keys = {}
    for index, key in ipairs(certificates.store:keys()) do keys[index] = '"' .. key .. '"' end
    ngx.print("[", table.concat(keys, ","), "]")
end

local function put_certificate(name)
    local body = read_change()
    if not body then return end
    local text, reason = certificates.encode(name, body)
    if not text then return refuse(422, "INVALID_CERTIFICATE", reason) end
    changed(certificates.store, certificates.store:put(name, body.revision, text))
end

local function delete_certificate(name)
    local revision = read_revision()
    if not revision then return end
    changed(certificates.store, certificates.store:put(name, revision, ""))
end

local FIXED = {
    ["GET /status"] = answer_status,
    ["GET /metrics"] = answer_metrics,
    ["GET /inflight"] = answer_inflight,
    ["GET /routes"] = answer_routes,
    ["PUT /routes"] = replace_routes,
    ["GET /certificates"] = answer_certificates,
}
local NAMED = {
    ["GET /routes/"] = answer_route,
    ["PUT /routes/"] = put_route,
    ["DELETE /routes/"] = delete_route,
    ["PUT /certificates/"] = put_certificate,
    ["DELETE /certificates/"] = delete_certificate,
}

function admin.answer()
    ngx.header.content_type = "application/json"
    local request = ngx.req.get_method() .. " " .. ngx.var.uri
    if FIXED[request] then return FIXED[request]() end
    local kind, name = request:match("^(%u+ /%a+/)([^/]+)$")
    if not (kind and NAMED[kind]) then return refuse(404, "NOT_FOUND", "there is no such operation") end
    if not names.is_host(name) then return refuse(422, "INVALID", "the name is not a host name in lower case") end
    return NAMED[kind](name)
end

return admin
