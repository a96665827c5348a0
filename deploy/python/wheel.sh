#!/usr/bin/env bash
# Makes a wheel of the Python package and libmandel, for this machine's platform and every Python 3.
# Without the network; it needs python3-setuptools and python3-wheel.
#
# usage: deploy/python/wheel.sh [LIBRARY [FOLDER]]
#        by default of build/release's library, into build/packages
set -euo pipefail
cd "$(dirname "$0")/../.."
library=${1:-build/release/lib/libmandel.so.0}
folder=$(mkdir -p "${2:-build/packages}" && cd "${2:-build/packages}" && pwd)
[ -f "$library" ] || { echo "wheel.sh: no library; build the preset release, or name it" >&2; exit 1; }

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp -r deploy/python/mandel deploy/python/setup.py "$scratch"
rm -rf "$scratch/mandel/__pycache__"
cp -L "$library" "$scratch/mandel/libmandel.so.0"
strip --strip-unneeded "$scratch/mandel/libmandel.so.0"
(cd "$scratch" && "${PYTHON:-/usr/bin/python3}" setup.py -q bdist_wheel --dist-dir "$folder" >&2)
ls -1 "$folder"/mandel-*.whl
