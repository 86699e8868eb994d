-- The edge's parts in one table, which nginx.conf reaches as the global `edge`. All modules are loaded in the master, before
-- it starts its workers: these never read a file of code.

require "resty.core"
local cjson = require "cjson"

local files = require "files"

cjson.decode_max_depth(20)

local parts = {}

-- In the master: reads the settings and the last good tables. A reload keeps the shared memory, so they are read once.
function parts.start(folder)
    local text = assert(files.read(folder .. "/edge.json"))
    local settings = cjson.decode(text)
    settings.folder = folder
    package.loaded["settings"] = settings

    parts.metrics = require "metrics"
    parts.inflight = require "inflight"
    parts.routes = require "routes"
    parts.certificates = require "certificates"
    parts.pages = require "pages"
    parts.router = require "router"
    parts.balancer = require "balancer"
    parts.admin = require "admin"

    parts.routes.load(folder)
    parts.certificates.store:load()
    edge = parts
end

function parts.start_worker()
    parts.router.start_worker()
    parts.metrics.start_worker()
    parts.inflight.start_worker()
end

-- After each request, whatever became of it.
function parts.finish()
    parts.inflight.finish(ngx.var.inflight_key)
    parts.metrics.count(parts.routes.cached(ngx.var.http_host))
end

return parts
