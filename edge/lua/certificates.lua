-- Which certificate is shown to whom: by the name the client asks for (SNI), exact or with a wildcard, else the fallback.

local cjson = require "cjson.safe"
local ffi = require "ffi"
local ssl = require "ngx.ssl"

local Store = require "store"
local names = require "names"

ffi.cdef [[
int OPENSSL_sk_num(const void *stack);
void *OPENSSL_sk_value(const void *stack, int index);
int X509_check_private_key(const void *certificate, const void *key);
void ERR_clear_error(void);
]]

local control = ngx.shared.control
local CACHE_LIMIT = 2000

local certificates = {}

local function parse(pair)
    local chain, key, reason
    chain, reason = ssl.parse_pem_cert(pair.certificate)
    if not chain then return nil, "the certificate cannot be read: " .. reason end
    key, reason = ssl.parse_pem_priv_key(pair.key)
    if not key then return nil, "the key cannot be read: " .. reason end
    return { chain = chain, key = key }
end

-- Checks a pair and brings it into the form in which it is kept; nil and what is wrong otherwise.
function certificates.encode(name, pair)
    if not names.is_host(name) then return nil, "the name is not a host name in lower case" end
    if type(pair) ~= "table" or type(pair.certificate) ~= "string" or type(pair.key) ~= "string" then
        return nil, "a certificate and a key in PEM are needed"
    end
    local parsed, reason = parse(pair)
    if not parsed then return nil, reason end
    local matches = ffi.C.OPENSSL_sk_num(parsed.chain) > 0
        and ffi.C.X509_check_private_key(ffi.C.OPENSSL_sk_value(parsed.chain, 0), parsed.key) == 1
    ffi.C.ERR_clear_error()
    if not matches then return nil, "the key does not belong to the certificate" end
    return cjson.encode({ certificate = pair.certificate, key = pair.key })
end

certificates.store = Store.new("certificates", ngx.shared.certificates, function(key, text)
    return certificates.encode(key, cjson.decode(text)) ~= nil
end)

local cache, cached_count = {}, 0

local function find(name)
    local generation = control:get(certificates.store.generation_key)
    local entry = cache[name]
    if entry and entry.generation == generation then return entry end
    local text = certificates.store:get(name)
    if not text then
        local wildcard = names.wildcard(name)
        text = wildcard and certificates.store:get(wildcard)
    end
    if not text then
        cache[name] = nil
        return nil
    end
    entry = parse(cjson.decode(text))
    if not entry then return nil end
    entry.generation = generation
    if cached_count >= CACHE_LIMIT then cache, cached_count = {}, 0 end
    if not cache[name] then cached_count = cached_count + 1 end
    cache[name] = entry
    return entry
end

-- During a handshake. Without a certificate of ours nginx goes on with the fallback.
function certificates.choose()
    local name = ssl.server_name()
    local entry = name and find(names.normalize(name))
    if not entry then return end
    ssl.clear_certs()
    local set, reason = ssl.set_cert(entry.chain)
    if set then set, reason = ssl.set_priv_key(entry.key) end
    if not set then
        ngx.log(ngx.ERR, "the certificate of ", name, " could not be used: ", reason)
        return ngx.exit(ngx.ERROR)
    end
end

return certificates
