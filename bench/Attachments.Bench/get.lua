-- GETs of files in random order: get.lua TOKEN PATTERN COUNT, where PATTERN holds a %d for the file's number
local threads = 0

function setup(thread)
  thread:set("id", threads)
  threads = threads + 1
end

function init(args)
  wrk.headers["Authorization"] = "Bearer " .. args[1]
  math.randomseed(id + 1)
  requests = {}
  for i = 1, tonumber(args[3]) do
    requests[i] = wrk.format("GET", string.format(args[2], i - 1))
  end
end

function request()
  return requests[math.random(#requests)]
end
