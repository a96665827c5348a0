#!/usr/bin/env bash
# The unit is well sandboxed by systemd's own measure, from 0 (safe) to 10.
set -eu
. "$(dirname "$0")/sandbox.sh"
enter_scratch

need systemd-analyze systemd
unit=$repository/deploy/systemd/mandel-worker.service

systemd-analyze security --offline=true --threshold=25 --no-pager "$unit" >security.log ||
  { cat security.log; fail "more exposed than 2.5"; }
tail -n 1 security.log
# That the measure measures: without the sandbox it must fail.
mkdir -p bare
sed '/^CapabilityBoundingSet=/,/^SystemCallErrorNumber=/d' "$unit" >bare/mandel-worker.service
! systemd-analyze security --offline=true --threshold=25 --no-pager bare/mandel-worker.service \
  >/dev/null || fail "a unit without sandbox passes, too"
