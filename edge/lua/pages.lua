-- The answers that come from the edge itself: a small page for people, a JSON object for programs, and in both a stable code
-- (also in the header X-Switchyard-Error) and the id under which the request is in the log.

local cjson = require "cjson.safe"

local ngx, ngx_var = ngx, ngx.var

local pages = {}

local PROBLEMS = {
    HOST_UNKNOWN = { "Nothing is here yet", "No service has this address.", "Check the spelling of the address. A new domain works as soon as it is added to a service." },
    SERVICE_DOWN = { "This service is down", "No healthy replica can answer at the moment.", "If it is yours, its logs and its latest deployment say why. Otherwise try again in a moment." },
    HOLD_TIMED_OUT = { "This service is still starting", "It is being replaced, and that takes longer than a request can wait.", "Try again in a moment." },
    HOLD_LIMITED = { "This service is starting", "Too many requests wait for it already.", "Try again in a moment." },
    UPSTREAM_FAILED = { "The service did not answer", "The connection to it failed, or it closed the connection before it had answered.", "If it is yours: it has to listen on 0.0.0.0 and the port in PORT, and its logs say whether it crashed." },
    UPSTREAM_TIMED_OUT = { "The service took too long", "It accepted the request and did not answer in time.", "Try again; if it is yours, its logs and metrics show what it was busy with." },
    REQUEST_INVALID = { "This request cannot be understood", "It does not follow the rules of HTTP.", "Check the program that sent it." },
    REQUEST_TIMED_OUT = { "The request came too slowly", "It was not complete in time.", "Try again on a better connection." },
    BODY_TOO_LARGE = { "The upload is too large", "It is larger than this platform takes.", "Send it in parts." },
    HEADERS_TOO_LARGE = { "The request's headers are too large", "One of them is over 32 KiB, or all of them are over 256 KiB.", "Deleting this site's cookies often helps." },
    ADDRESS_TOO_LONG = { "The address is too long", "It is over 32 KiB.", "Send the data in the request's body." },
    TLS_NEEDED = { "This port speaks HTTPS only", "The request came in plain HTTP.", "Use https:// in the address." },
    NOT_SUPPORTED = { "This is not supported", "The edge does not know this method or transfer encoding.", "Check the program that sent the request." },
    EDGE_FAULT = { "Something went wrong at the edge", "The request could not be passed on.", "Try again; the edge's error log has this request's id." },
}

local CODE_OF = {
    [400] = "REQUEST_INVALID", [404] = "HOST_UNKNOWN", [405] = "NOT_SUPPORTED", [408] = "REQUEST_TIMED_OUT", [413] = "BODY_TOO_LARGE",
    [414] = "ADDRESS_TOO_LONG", [421] = "REQUEST_INVALID", [431] = "HEADERS_TOO_LARGE", [501] = "NOT_SUPPORTED",
    [502] = "UPSTREAM_FAILED", [503] = "SERVICE_DOWN", [504] = "UPSTREAM_TIMED_OUT", [505] = "NOT_SUPPORTED",
}

local PAGE = [[
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex">
<title>$title</title>
<style>
:root{color-scheme:light dark;--back:#f6f7f9;--card:#fff;--text:#1b1f27;--soft:#667085;--line:#e4e7ec;--mark:#5b5bd6}
@media(prefers-color-scheme:dark){:root{--back:#0e1015;--card:#171a21;--text:#eceef2;--soft:#98a2b3;--line:#272b35;--mark:#8b8bf5}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:24px;background:var(--back);color:var(--text);font:16px/1.55 system-ui,-apple-system,"Segoe UI",sans-serif}
main{width:100%;max-width:520px;padding:40px;background:var(--card);border:1px solid var(--line);border-radius:16px}
svg{display:block;margin-bottom:24px;color:var(--mark)}
h1{margin:0 0 8px;font-size:24px;line-height:1.25;letter-spacing:-.01em}
p{margin:0 0 8px}
.soft{color:var(--soft)}
dl{display:grid;grid-template-columns:auto 1fr;gap:4px 16px;margin:28px 0 0;padding-top:20px;border-top:1px solid var(--line);font-size:13px;color:var(--soft)}
dd{margin:0;font-family:ui-monospace,"SF Mono",Menlo,monospace;overflow-wrap:anywhere;color:var(--text)}
</style>
</head>
<body>
<main>
<svg width="56" height="28" viewBox="0 0 56 28" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round" aria-hidden="true"><path d="M2 22h52M2 22h14c10 0 10-16 20-16h18"/><circle cx="16" cy="22" r="3" fill="currentColor"/></svg>
<h1>$title</h1>
<p>$message</p>
<p class="soft">$hint</p>
<dl><dt>Status</dt><dd>$status</dd><dt>Code</dt><dd>$code</dd><dt>Request</dt><dd>$request</dd></dl>
</main>
</body>
</html>
]]

-- Ends the request with one of the problems above; for the access phase.
function pages.fail(status, code)
    ngx_var.edge_error = code
    return ngx.exit(status)
end

local function wants_json()
    local accept = ngx_var.http_accept
    return accept and accept:find("json", 1, true) and not accept:find("text/html", 1, true)
end

-- In the locations that nginx sends its own errors to.
function pages.answer(code)
    code = code or ngx_var.edge_error
    if code == "" then code = CODE_OF[ngx.status] or (ngx.status >= 500 and "EDGE_FAULT" or "REQUEST_INVALID") end
    ngx_var.edge_error = code
    local problem = PROBLEMS[code]
    local title, message, hint = problem[1], problem[2], problem[3]
    local request = ngx_var.trace_id
    ngx.header.cache_control = "no-store"
    if ngx.status == 503 then ngx.header.retry_after = "5" end
    if wants_json() then
        ngx.header.content_type = "application/json"
        ngx.print(cjson.encode({ code = code, message = message, hint = hint, requestId = request }))
        return
    end
    ngx.header.content_type = "text/html; charset=utf-8"
    local values = { title = title, message = message, hint = hint, status = tostring(ngx.status), code = code, request = request }
    ngx.print((PAGE:gsub("%$(%l+)", values)))
end

return pages
