-- wrk asks for the paths in a file, one after another from a random one on, and at the end says in one line how it went.
local paths = {}
for line in io.lines(os.getenv("QALA_BENCH_PATHS")) do paths[#paths + 1] = line end
math.randomseed(tonumber(os.getenv("QALA_BENCH_SEED")))
local at = math.random(#paths)

request = function()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end

done = function(summary)
  local broken = summary.errors
  io.write(string.format('{"requests": %d, "microseconds": %d, "bytes": %d, "failed": %d}\n', summary.requests,
    summary.duration, summary.bytes, broken.status + broken.connect + broken.read + broken.write + broken.timeout))
end
