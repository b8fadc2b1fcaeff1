-- PUTs of one body, each to a point of its own: put.lua TOKEN BODY SESSIONS RUN
local threads = 0

function setup(thread)
  thread:set("id", threads)
  threads = threads + 1
end

function init(args)
  local file = assert(io.open(args[2], "rb"))
  wrk.body = file:read("*a")
  file:close()
  wrk.method = "PUT"
  wrk.headers["Authorization"] = "Bearer " .. args[1]
  wrk.headers["Content-Type"] = "application/octet-stream"
  sessions = tonumber(args[3])
  run = args[4]
  count = 0
end

function request()
  count = count + 1
  local session = (count * 2 + id) % sessions
  local path = "/api/v1/project/1/sessions/bench-%d/attachments/%s-%d-%d?filename=photo.jpg"
  return wrk.format(nil, string.format(path, session, run, id, count))
end
