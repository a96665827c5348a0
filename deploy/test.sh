#!/usr/bin/env bash
# Installs what is missing, builds, runs all tests. With names of presets, those: the default is
# "release asan", what a change has to pass.
set -euo pipefail
cd "$(dirname "$0")/.."
. deploy/packages.sh

# shellcheck disable=SC2086
install_packages $packages_build $packages_test
for preset in ${*:-release asan}; do
  echo "== $preset"
  cmake --preset "$preset"
  cmake --build --preset "$preset"
  ctest --preset "$preset" -j "$(nproc)"
done
