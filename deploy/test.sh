#!/usr/bin/env bash
# Installs what is missing, builds and tests: what a change has to pass. Without arguments: all tests
# of the release build, the daemons again under the address and undefined-behaviour sanitizers, and
# 20 seconds of fuzzing for each target. With names of presets ("release", "asan", "tsan",
# "debug"): all their tests. (The kernels' own take the sanitizers long.)
set -euo pipefail
cd "$(dirname "$0")/.."
. deploy/packages.sh

# build PRESET [TARGET...]
build() {
  local preset=$1
  shift
  echo "== $preset"
  # Of the GPUs the oldest and the newest: a compiler refuses nothing for those between.
  local options=()
  [ "$preset" != release ] || options=("-DCMAKE_CUDA_ARCHITECTURES=75-real;90")
  cmake --preset "$preset" "${options[@]}"
  cmake --build --preset "$preset" ${@:+--target "$@"}
}

# run_tests PRESET [CTEST OPTION...]
run_tests() {
  # More than there are CPUs: most tests wait for processes and timeouts.
  ctest --preset "$@" -j "$((2 * $(nproc) + 1))" | tee "$log"
  echo "$1: $(grep -c '[*]Skipped' "$log") tests skipped; each says why in its build's Testing/Temporary/LastTest.log"
}

log=$(mktemp)
asan_log=$(mktemp)
trap 'rm -f "$log" "$asan_log"; kill $(jobs -p) 2>/dev/null || true' EXIT
# shellcheck disable=SC2086
install_packages $packages_build $packages_test
# shellcheck disable=SC2086
case " ${*:-asan} " in *" asan "*) install_packages $packages_asan ;; esac
for preset in "$@"; do
  build "$preset"
  run_tests "$preset"
done
[ $# -eq 0 ] || exit 0
build release
# Tests wait most of the time: the next build takes what they leave.
(
  renice -n 19 $BASHPID >/dev/null
  build asan unit-c-api unit-common unit-master unit-worker e2e-programs
) >"$asan_log" 2>&1 &
asan_build=$!
run_tests release
wait $asan_build || { cat "$asan_log"; exit 1; }
run_tests asan --label-regex '^unit-(c-api|common|master|worker)$'
run_tests asan-e2e
deploy/fuzz.sh
