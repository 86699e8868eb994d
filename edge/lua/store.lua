-- A table of texts by key, in shared memory and on disk, changed by revision.
--
-- Every change carries a revision, a number that its writer took from one increasing source. A change older than what a key
-- has is refused, and so is one older than the last replacement of the whole table: a writer that was held up cannot undo
-- what came after it. A removed key leaves a tombstone with its revision for an hour.
--
-- On disk: NAME.table holds the whole table, NAME.journal each change since. A change is answered after it is in both memory
-- and journal. When the disk refuses, the change is live all the same, and the whole table is written with the next one.
-- Each line is "<revision> TAB <key> TAB <text>"; no text on a line means removed.

local files = require "files"
local names = require "names"
local settings = require "settings"

local control = ngx.shared.control
local string_format, tonumber = string.format, tonumber

local JOURNAL_LIMIT = 1024 * 1024
local TOMBSTONE_SECONDS = 3600
local LOCK_SECONDS = 5

local Store = {}
Store.__index = Store

-- `check(key, text)` returns whether a line from the disk is still good.
function Store.new(name, dictionary, check)
    local path = settings.folder .. "/state/" .. name
    return setmetatable({
        name = name, dictionary = dictionary, check = check,
        table_path = path .. ".table", journal_path = path .. ".journal",
        generation_key = name .. ".generation", floor_key = name .. ".floor", revision_key = name .. ".revision",
        damaged_key = name .. ".damaged",
    }, Store)
end

local function entry(revision, text)
    return string_format("%.0f\t%s", revision, text)
end

local function parse(value)
    local revision, text = value:match("^(%d+)\t(.*)$")
    return tonumber(revision), text
end

-- Grows with every change; whoever caches what it read compares this.
function Store:generation()
    return control:get(self.generation_key) or 0
end

-- The highest revision taken so far.
function Store:revision()
    return control:get(self.revision_key) or 0
end

-- Whether the disk has all that memory has.
function Store:is_saved()
    return not control:get(self.damaged_key)
end

-- The text and its revision; nil when there is none.
function Store:get(key)
    local value = self.dictionary:get(key)
    if not value then return nil end
    local revision, text = parse(value)
    if text == "" then return nil end
    return text, revision
end

-- All keys that have a text, sorted.
function Store:keys()
    local keys = {}
    for _, key in ipairs(self.dictionary:get_keys(0)) do
        if self:get(key) then keys[#keys + 1] = key end
    end
    table.sort(keys)
    return keys
end

local function set(self, key, revision, text)
    -- safe_set never drops another key to make room.
    return self.dictionary:safe_set(key, entry(revision, text), text == "" and TOMBSTONE_SECONDS or 0)
end

-- In the master, at the start: what the disk says is not to be used before its writer says something newer.
function Store:set_for_now(key, revision, text)
    set(self, key, revision, text)
end

local function touched(self, revision)
    if revision > self:revision() then control:set(self.revision_key, revision) end
    control:incr(self.generation_key, 1, 0)
end

-- Runs `change` while no other worker changes the table. It must not yield, so the lock is held for milliseconds; that of a
-- worker which died runs out.
local function alone(self, change)
    local deadline = ngx.now() + 2 * LOCK_SECONDS
    while not control:add(self.name .. ".lock", ngx.worker.pid(), LOCK_SECONDS) do
        if ngx.now() > deadline then return nil, "BUSY" end
        ngx.sleep(0.001)
    end
    local ran, result, code = pcall(change)
    control:delete(self.name .. ".lock")
    if not ran then
        ngx.log(ngx.ERR, "changing ", self.name, " failed: ", result)
        return nil, "FAULT"
    end
    return result, code
end

-- Writes the whole table beside the old one, then puts it in its place.
local function save_all(self)
    local lines = { string_format("%s\t%.0f\t%.0f\n", self.name, control:get(self.floor_key) or 0, self:revision()) }
    for _, key in ipairs(self.dictionary:get_keys(0)) do
        local value = self.dictionary:get(key)
        if value then
            local revision, text = parse(value)
            lines[#lines + 1] = string_format("%.0f\t%s\t%s\n", revision, key, text)
        end
    end
    lines[#lines + 1] = string_format("end\t%d\n", #lines - 1)
    os.rename(self.table_path, self.table_path .. ".old")
    local saved, reason = files.replace(self.table_path, table.concat(lines))
    if saved then
        -- What the journal still says is at most as new as the table, should we die before this.
        saved, reason = files.replace(self.journal_path, "")
    end
    if saved then
        control:delete(self.damaged_key)
    else
        control:set(self.damaged_key, true)
        ngx.log(ngx.ERR, "the table of ", self.name, " could not be saved: ", reason)
    end
end

local function save_change(self, key, revision, text)
    if not self:is_saved() then return save_all(self) end
    local size, reason = files.append(self.journal_path, string_format("%.0f\t%s\t%s\n", revision, key, text))
    if not size then
        control:set(self.damaged_key, true)
        ngx.log(ngx.ERR, "the journal of ", self.name, " could not be written: ", reason)
    elseif size > JOURNAL_LIMIT then
        save_all(self)
    end
end

-- Sets one key, or removes it when the text is empty. Returns true, or nil and OLD_REVISION, FULL, BUSY or FAULT.
function Store:put(key, revision, text)
    return alone(self, function()
        local value = self.dictionary:get(key)
        local newest = math.max(control:get(self.floor_key) or 0, value and parse(value) or 0)
        if revision < newest then return nil, "OLD_REVISION" end
        if value ~= entry(revision, text) then
            if not set(self, key, revision, text) then return nil, "FULL" end
            touched(self, revision)
            save_change(self, key, revision, text)
        end
        return true
    end)
end

-- Replaces the whole table by `texts` (key to text). All of it or, when memory doesn't suffice, nothing.
function Store:replace(revision, texts)
    return alone(self, function()
        if revision < self:revision() then return nil, "OLD_REVISION" end
        local before = {}
        for _, key in ipairs(self.dictionary:get_keys(0)) do before[key] = self.dictionary:get(key) end
        for key, text in pairs(texts) do
            if not set(self, key, revision, text) then
                for new in pairs(texts) do
                    if not before[new] then self.dictionary:delete(new) end
                end
                for old, value in pairs(before) do self.dictionary:safe_set(old, value) end
                return nil, "FULL"
            end
        end
        for key in pairs(before) do
            if not texts[key] then self.dictionary:delete(key) end
        end
        control:set(self.floor_key, revision)
        touched(self, revision)
        save_all(self)
        return true
    end)
end

local function load_line(self, line, floor)
    local revision, key, text = line:match("^(%d+)\t([^\t]+)\t([^\t]*)$")
    revision = tonumber(revision)
    if not revision or not names.is_revision(revision) or (text ~= "" and not self.check(key, text)) then
        ngx.log(ngx.ERR, "a line of the table of ", self.name, " is damaged and left out")
        return
    end
    local value = self.dictionary:get(key)
    if revision < floor or (value and parse(value) > revision) then return end
    set(self, key, revision, text)
    if revision > self:revision() then control:set(self.revision_key, revision) end
end

local function load_table(self, path)
    local text = files.read(path)
    if not text then return false end
    local name, floor, revision, rest = text:match("^(%a+)\t(%d+)\t(%d+)\n(.*)$")
    local body, count = (rest or ""):match("^(.-)end\t(%d+)\n$")
    local _, lines = (body or ""):gsub("\n", "")
    if name ~= self.name or lines ~= tonumber(count) then
        ngx.log(ngx.ERR, path, " is damaged and left out")
        return false
    end
    control:set(self.floor_key, tonumber(floor))
    control:set(self.revision_key, tonumber(revision))
    for line in body:gmatch("([^\n]*)\n") do load_line(self, line, 0) end
    return true
end

-- In the master, at the start: the last good table and what was changed since. After a reload memory has it already.
function Store:load()
    if control:get(self.generation_key) then return end
    if not load_table(self, self.table_path) then load_table(self, self.table_path .. ".old") end
    -- A last line without its end was being written when the edge died: it was never answered.
    for line in (files.read(self.journal_path) or ""):gmatch("([^\n]*)\n") do
        load_line(self, line, control:get(self.floor_key) or 0)
    end
    control:set(self.generation_key, 1)
end

return Store
