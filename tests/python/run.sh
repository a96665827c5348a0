#!/usr/bin/env bash
# Runs one file of tests with the first of these Pythons that has NumPy: CMake may have found one that
# Debian's packages are not for.
#
# usage: run.sh BIN_FOLDER LIBRARY TEST.py PYTHON...
set -euo pipefail
export MANDEL_MASTER=$1/mandel-master MANDEL_WORKER=$1/mandel-worker MANDEL_LIBRARY=$2
here=$(cd "$(dirname "$0")" && pwd)
export PYTHONPATH=$here/../../deploy/python
[ -z "${MANDEL_SANITIZED:-}" ] || { echo "skipped: this Python has no sanitizer to share"; exit 77; }
for python in "${@:4}"; do
  "$python" -c "import numpy" 2>/dev/null && exec "$python" -B "$here/$3"
done
echo "skipped: no python3-numpy here"
exit 77
