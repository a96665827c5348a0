#!/usr/bin/env bash
# Fuzzes what strangers' bytes and broken disks reach, with libFuzzer and the address and
# undefined-behaviour sanitizers: installs what is missing, builds, runs each target of tests/fuzz/
# and fails at the first crash, naming the input that makes it.
#
# usage: deploy/fuzz.sh [SECONDS]   for each target; default 20
set -euo pipefail
cd "$(dirname "$0")/.."
. deploy/packages.sh

seconds=${1:-20}
# shellcheck disable=SC2086
install_packages $packages_build $packages_test $packages_asan
targets="frame_decoder counts_body counts_codec journal_reader location_reader palette_reader recipe_reader"
cmake --preset asan
# shellcheck disable=SC2086
cmake --build --preset asan --target fuzz-seeds $(printf 'fuzz-%s ' $targets)

cd build/asan/tests/fuzz
./fuzz-seeds corpus
# Memory is bounded so that an input which makes us take much is found, too.
fuzz() {
  "./fuzz-$1" -max_total_time="$2" -max_len=4096 -rss_limit_mb=1024 -timeout=10 \
    -artifact_prefix="$PWD/crash-$1-" -print_final_stats=1 "corpus/$1" 2>"$1.log" ||
    { tail -n 40 "$1.log" >&2; return 1; }
  echo "== $1, $2 s"
  grep -E "number_of_executed_units|average_exec_per_sec|peak_rss_mb" "$1.log"
}
export -f fuzz
# One on each core; xargs fails if one of them does.
printf '%s\n' $targets | xargs -P "$(nproc)" -I TARGET bash -c 'fuzz TARGET "$0"' "$seconds"
