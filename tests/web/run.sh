#!/bin/sh
# The page's tests in Chromium, against the program:   NIGHTJAR=build/release/nightjar tests/web/run.sh
# NIGHTJAR_SCREENSHOTS=FOLDER keeps pictures of what was seen.
set -eu
: "${NIGHTJAR:?the path of the program to test}"
NIGHTJAR=$(realpath "$NIGHTJAR")
export NIGHTJAR
test -z "${NIGHTJAR_SCREENSHOTS:-}" || NIGHTJAR_SCREENSHOTS=$(realpath -m "$NIGHTJAR_SCREENSHOTS")
export NIGHTJAR_SCREENSHOTS
cd "$(dirname "$0")"
command -v chromium >/dev/null || { echo "tests/web: chromium is not installed" >&2; exit 1; }
npm ci --no-audit --no-fund --loglevel=error
exec node --test *.test.mjs
