#!/usr/bin/env bash
# Installs what is missing, builds and tests: what a change has to pass. Without arguments: all tests
# of the release build, those of the daemons again under the address and undefined-behaviour
# sanitizers, and a minute of fuzzing for each target. With names of presets ("release", "asan",
# "tsan", "debug"): all their tests. (The kernels' own take the sanitizers ten minutes more.)
set -euo pipefail
cd "$(dirname "$0")/.."
. deploy/packages.sh

# test_preset NAME [TARGET...]: builds and runs all tests, or only those of these targets. The daemons'
# tests need no GPU kernels, which take the compiler minutes.
test_preset() {
  local preset=$1 others='^$' cuda=AUTO
  shift
  [ $# -eq 0 ] || { others='NOT_BUILT|^Kernels|^Deploy'; cuda=OFF; }
  echo "== $preset"
  cmake --preset "$preset" -DMANDEL_CUDA=$cuda
  cmake --build --preset "$preset" ${@:+--target "$@"}
  # One more than there are CPUs: most tests wait for processes and timeouts.
  ctest --preset "$preset" -j "$(($(nproc) + 1))" --exclude-regex "$others" | tee "$log"
  echo "$preset: $(grep -c '[*]Skipped' "$log") tests skipped; each says why in $PWD/build/$preset/Testing/Temporary/LastTest.log"
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086
install_packages $packages_build $packages_test
for preset in "$@"; do test_preset "$preset"; done
[ $# -eq 0 ] || exit 0
test_preset release
test_preset asan unit-common unit-master unit-worker e2e
deploy/fuzz.sh
