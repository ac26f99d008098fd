-- For wrk: asks the paths of a file one after the other, and prints one JSON object at the end.
-- Arguments: the file, with one path a line and perhaps an entity tag after it; headers, as NAME=VALUE.
-- From the environment: PAUSE, milliseconds before each request.
local asked, at = {}, 0

local pause = tonumber(os.getenv("PAUSE")) or 0
if pause > 0 then
  function delay()
    return pause
  end
end

function init(arguments)
  for place = 2, #arguments do
    local name, value = arguments[place]:match("^([^=]+)=(.*)$")
    wrk.headers[name] = value
  end
  for line in io.lines(arguments[1]) do
    local path, tag = line:match("^(%S+)%s*(%S*)$")
    wrk.headers["If-None-Match"] = tag ~= "" and tag or nil
    table.insert(asked, wrk.format("GET", path))
  end
end

function request()
  at = at % #asked + 1
  return asked[at]
end

function done(summary, latency)
  local faults = summary.errors
  io.write(string.format(
    '{"requests": %d, "bytes": %d, "faults": %d, "seconds": %.3f, "p50": %.1f, "p99": %.1f, "max": %.1f}\n',
    summary.requests, summary.bytes,
    faults.connect + faults.read + faults.write + faults.status + faults.timeout,
    summary.duration / 1e6,
    latency:percentile(50), latency:percentile(99), latency.max))
end
