-- Small files, whole.

local files = {}

-- The file's text; nil and a reason when it cannot be read.
function files.read(path)
    local file, reason = io.open(path, "rb")
    if not file then return nil, reason end
    local text, failure = file:read("*a")
    file:close()
    if not text then return nil, failure end
    return text
end

-- Replaces the file at once: a reader, or a start after a crash, sees the old text or the new.
function files.replace(path, text)
    local draft = path .. ".new"
    local file, reason = io.open(draft, "wb")
    if not file then return nil, reason end
    local written, failure = file:write(text)
    local closed, close_failure = file:close()
    if not (written and closed) then
        os.remove(draft)
        return nil, failure or close_failure
    end
    return os.rename(draft, path)
end

-- Appends in one write; returns the file's size after it.
function files.append(path, text)
    local file, reason = io.open(path, "ab")
    if not file then return nil, reason end
    file:setvbuf("full", #text + 1)
    local written, failure = file:write(text)
    local size = file:seek("end")
    local closed, close_failure = file:close()
    if not (written and closed) then return nil, failure or close_failure end
    return size
end

return files
