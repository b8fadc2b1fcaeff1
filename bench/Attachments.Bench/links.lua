-- GETs of signed links in random order: links.lua FILE, where FILE holds a path with its query in each line
local threads = 0

function setup(thread)
  thread:set("id", threads)
  threads = threads + 1
end

function init(args)
  math.randomseed(id + 1)
  requests = {}
  for line in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format("GET", line)
  end
end

function request()
  return requests[math.random(#requests)]
end
