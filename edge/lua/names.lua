-- What hosts, addresses and labels may look like.

local names = {}

-- A host as it is kept: lower case, without port and final dot. Nil when there is none.
function names.normalize(host)
    if not host then return nil end
    host = host:gsub(":%d*$", ""):gsub("%.$", "")
    return host:lower()
end

-- "api.example.com", or with the wildcard of one level "*.example.com"; already in its kept form.
function names.is_host(host)
    if type(host) ~= "string" or #host == 0 or #host > 253 then return false end
    for label in (host:gsub("^%*%.", "") .. "."):gmatch("([^.]*)%.") do
        if #label > 63 or not label:match("^[a-z0-9_][a-z0-9_-]*$") or label:match("%-$") then return false end
    end
    return true
end

-- The wildcard that would cover the host: "*.example.com" for "api.example.com". Nil for one without a dot.
function names.wildcard(host)
    local dot = host:find(".", 1, true)
    return dot and "*" .. host:sub(dot) or nil
end

local function is_ipv4(text)
    local octets = { text:match("^(%d%d?%d?)%.(%d%d?%d?)%.(%d%d?%d?)%.(%d%d?%d?)$") }
    if #octets ~= 4 then return false end
    for _, octet in ipairs(octets) do
        if tonumber(octet) > 255 then return false end
    end
    return true
end

-- Groups of up to four hexadecimal digits, with at most one "::".
local function is_ipv6(text)
    if #text > 39 or not text:match("^[0-9a-f:]+$") or not text:find(":", 1, true) or text:find(":::", 1, true) then return false end
    local _, gaps = text:gsub("::", "")
    if gaps > 1 or text:match("^:[^:]") or text:match("[^:]:$") then return false end
    local groups = 0
    for group in text:gmatch("[^:]+") do
        groups = groups + 1
        if #group > 4 then return false end
    end
    return gaps == 1 and groups < 8 or groups == 8
end

-- An address as digits: names would have to be looked up while requests wait.
function names.is_address(text)
    return type(text) == "string" and (is_ipv4(text) or is_ipv6(text))
end

function names.is_port(number)
    return type(number) == "number" and number >= 1 and number <= 65535 and number % 1 == 0
end

-- The id of a service or deployment; may be empty.
function names.is_label(text)
    return type(text) == "string" and #text <= 64 and text:match("^[A-Za-z0-9_-]*$") ~= nil
end

function names.is_revision(number)
    return type(number) == "number" and number >= 0 and number <= 2 ^ 53 and number % 1 == 0
end

return names
