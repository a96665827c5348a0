#!/usr/bin/env bash
# Pages in a real browser, by real programs. Playwright steers the Chromium that is installed here: it
# brings none of its own.
#
# usage: page_test.sh TEST.mjs BIN_FOLDER STRANGE_WORKER
set -euo pipefail
. "$(dirname "$0")/../../deploy/sandbox.sh"
need node nodejs
need npm npm
need chromium chromium
here=$repository/tests/e2e/browser

enter_scratch
cp "$here"/package*.json "$here"/*.mjs .
npm ci --no-audit --no-fund --prefer-offline >npm.log 2>&1 || skip "npm could not get what the test needs: $(tail -n 1 npm.log)"
HOME=$scratch node "$@"
