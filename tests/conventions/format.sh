#!/usr/bin/env bash
# Is every source laid out as .clang-format says? By the release of clang-format whose layout it is:
# each release has its own.
#
# usage: format.sh [--fix]
set -euo pipefail
cd "$(dirname "$0")/../.."

command -v clang-format-19 >/dev/null || {
  echo "skipped: no clang-format-19 here"
  exit 77
}
how=(--dry-run -Werror)
[ "${1:-}" != --fix ] || how=(-i)
# This is not laid out, and has to be seen.
! clang-format-19 --dry-run -Werror --assume-filename=kernels/x.h <<<"int  x ;" 2>/dev/null || {
  echo "clang-format-19 accepts what is not formatted" >&2
  exit 1
}
find kernels common worker master tests \
  -name '*.h' -o -name '*.cpp' -o -name '*.cu' -o -name '*.cuh' |
  xargs -P "$(nproc)" -n 40 clang-format-19 "${how[@]}" ||
  { echo "Mend it with: $0 --fix" >&2; exit 1; }
