#!/usr/bin/env bash
# Builds the Debian packages for the release of Debian that this is, and a wheel for its Pythons. Installs
# what is missing for it.
#
# usage: deploy/package.sh [FOLDER]   where they go; default build/packages
set -euo pipefail
cd "$(dirname "$0")/.."
. deploy/packages.sh

folder=${1:-build/packages}
# shellcheck disable=SC2086
install_packages $packages_build $packages_package
cmake --preset release -B build/package -DMANDEL_TESTS=OFF
cmake --build build/package
cpack --config build/package/CPackConfig.cmake -B "$folder"
rm -rf "$folder/_CPack_Packages"
deploy/python/wheel.sh build/package/lib/libmandel.so.0 "$folder" >/dev/null
ls -1 "$folder"/*.{deb,whl}
