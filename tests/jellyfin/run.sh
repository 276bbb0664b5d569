#!/bin/sh
# Jellyfin's own SDK talks to the simulated media server:   SIM_MEDIA_SERVER=build/release/nightjar-sim-media-server tests/jellyfin/run.sh
set -eu
: "${SIM_MEDIA_SERVER:?the path of the simulated media server}"
SIM_MEDIA_SERVER=$(realpath "$SIM_MEDIA_SERVER")
export SIM_MEDIA_SERVER
cd "$(dirname "$0")"
npm ci --no-audit --no-fund --loglevel=error
exec node --test *.test.mjs
