#!/bin/sh
# Checks the CUDA backends on this machine's GPUs, in one command that needs only CMake, a C++
# compiler, the CUDA toolkit and Python: builds kernels/ alone, compares every backend with the
# reference pixel by pixel, prints timings against the FP64 limit, and repeats small jobs under
# compute-sanitizer. It never falls back to a CPU: exit status 0 means that GPUs did the work.
#
# usage: deploy/gpu-check.sh [BUILD_FOLDER]
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
build=${1:-$root/build/gpu-check}

fail() {
  echo "gpu-check: FAILED: $*" >&2
  exit 1
}

command -v cmake >/dev/null || fail "CMake is not installed"
cmake -S "$root/kernels" -B "$build" -D MANDEL_CUDA=ON -D CMAKE_BUILD_TYPE=Release ||
  fail "the build could not be configured (see above)"
cmake --build "$build" --target mandel-gpu-check --parallel || fail "the build failed (see above)"

if command -v python3 >/dev/null; then
  python3 "$root/kernels/check/device_code.py" "$build/libmandel-kernels.a" ||
    fail "the device code has inexact fused operations or spills registers"
fi

"$build/mandel-gpu-check" || fail "the check on the GPU failed (see above)"

# Next to nvcc, if it is not on the PATH.
PATH=$PATH:/usr/local/cuda/bin
if ! command -v compute-sanitizer >/dev/null; then
  echo "gpu-check: passed, but compute-sanitizer is not installed: memcheck and racecheck were left out"
  exit 0
fi
for tool in memcheck racecheck; do
  compute-sanitizer --tool "$tool" --error-exitcode 1 "$build/mandel-gpu-check" --quick ||
    fail "compute-sanitizer's $tool found errors (see above)"
done
echo "gpu-check: passed, with memcheck and racecheck"
