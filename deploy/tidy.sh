#!/usr/bin/env bash
# What compilers don't say: clang-tidy's checks (.clang-tidy has which, and why not others), and
# includes of which a file uses nothing. A library is read as one file, since most of the time goes to
# the headers that its files share. Installs what is missing; takes a quarter of an hour on two CPUs, so
# it is not part of deploy/test.sh.
#
# usage: deploy/tidy.sh [FILE...]   by default all of kernels/, common/, worker/ and master/
set -euo pipefail
cd "$(dirname "$0")/.."
. deploy/packages.sh

# shellcheck disable=SC2086
install_packages $packages_build $packages_asan $packages_tidy
# configure FOLDER OPTION...: with the headers that the build makes
configure() {
  cmake -S . -B "$@" -G Ninja -DCMAKE_CXX_COMPILER=clang++-19 -DCMAKE_EXPORT_COMPILE_COMMANDS=ON \
    -DMANDEL_TESTS=OFF -DMANDEL_CUDA=OFF >/dev/null
  cmake --build "$1" --target mandel-wire mandel-journal-records >/dev/null
}
configure build/tidy
if [ $# -gt 0 ]; then
  tidied=build/tidy
  sources=$(printf "$PWD/%s\n" "$@" | grep '\.cpp$' || true)
  files=$(printf '%s\n' "$@")
else
  tidied=build/tidy-unity
  configure $tidied -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=0
  # Generated code is not ours to tidy; what a unity file includes has no entry of its own.
  sources=$(sed -n 's/^  "file": "\(.*\)".*/\1/p' $tidied/compile_commands.json |
    grep -E '/Unity/|/kernels/simd/' | grep -v -e mandel-wire.dir -e mandel-journal-records.dir)
  # Highway's fragments and CUDA's sources don't compile by themselves, or not everywhere.
  files=$(find kernels common worker master -path kernels/cuda -prune -o -name '*-inl.h' -o \
    \( -name '*.cpp' -o -name '*.h' \) -print | sort)
fi

# Umbrella headers, which have what is used from headers of their own.
umbrellas='fmt/.*,nlohmann/.*,spdlog/.*,CLI/.*,hwy/.*,zmq.*'
unused_includes() {
  local found
  found=$(clang-include-cleaner-19 -p build/tidy --print=changes --insert=0 \
    --ignore-headers="$umbrellas" "$1" 2>&1)
  [ -z "$found" ] || { sed "s|^|$1: unused: |" <<<"$found"; return 1; }
}
export -f unused_includes
export umbrellas

status=0
xargs -r -P "$(nproc)" -n 1 clang-tidy-19 -p $tidied --quiet <<<"$sources" || status=1
xargs -r -P "$(nproc)" -I FILE bash -c 'unused_includes FILE' <<<"$files" || status=1
exit $status
