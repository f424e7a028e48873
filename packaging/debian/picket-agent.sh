#!/bin/sh
# Starts the agent with a heap that fits a small device. A node of its own, when the package brought one, comes first.
set -eu
lib=/usr/lib/picket-agent
node=$lib/node
[ -x "$node" ] || node=$(command -v node || command -v nodejs) || {
  echo "picket-agent needs Node 20.19 or newer; install nodejs, or the package that brings its own." >&2
  exit 1
}
exec "$node" --max-semi-space-size=1 --max-old-space-size=48 --v8-pool-size=0 "$lib/picket-agent.mjs" "$@"
