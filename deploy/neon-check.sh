#!/usr/bin/env bash
# The kernels on ARM, without one: cross-compiled for 64-bit ARM and run by qemu, which carries out NEON's
# instructions bit for bit, and slowly. Installs what is missing. Root, network, and half an hour for all
# tests: too much for every change, so not part of deploy/test.sh.
#
# usage: deploy/neon-check.sh [GTEST_FILTER]   default: all kernels that use NEON
set -euo pipefail
cd "$(dirname "$0")/.."
. deploy/packages.sh

filter=${1:-*neon*:Doubling*:Sabotage*:SelfTest*:Contracted*}
install_packages cmake ninja-build g++-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user googletest dpkg-dev
build=$PWD/build/neon
root=$build/root
mkdir -p "$root"

# Highway for ARM, unpacked beside the build: an installed one would want the whole architecture.
if [ ! -e "$root/usr/lib/aarch64-linux-gnu/libhwy.so.1" ]; then
  as_root dpkg --add-architecture arm64
  as_root apt-get update -qq
  (cd "$build" && apt-get download -qq libhwy1:arm64 libhwy-dev:arm64)
  as_root dpkg --remove-architecture arm64
  for package in "$build"/libhwy*_arm64.deb; do dpkg-deb -x "$package" "$root"; done
fi

cmake -S tests/unit/kernels/alone -B "$build" -G Ninja \
  -D CMAKE_SYSTEM_NAME=Linux -D CMAKE_SYSTEM_PROCESSOR=aarch64 -D CMAKE_CXX_COMPILER=aarch64-linux-gnu-g++ \
  -D CMAKE_LIBRARY_ARCHITECTURE=aarch64-linux-gnu -D CMAKE_FIND_ROOT_PATH="$root" \
  -D CMAKE_FIND_ROOT_PATH_MODE_PROGRAM=NEVER -D CMAKE_FIND_ROOT_PATH_MODE_PACKAGE=ONLY -D MANDEL_CUDA=OFF -D MANDEL_OPENCL=OFF
cmake --build "$build" --target unit-kernels
MANDEL_FUZZ_CASES=${MANDEL_FUZZ_CASES:-60} qemu-aarch64 -L /usr/aarch64-linux-gnu \
  -E "LD_LIBRARY_PATH=$root/usr/lib/aarch64-linux-gnu" "$build/unit-kernels" --gtest_filter="$filter"
