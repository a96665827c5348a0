#!/usr/bin/env bash
# Makes a wheel of the Python package and libmandel, for this machine's platform and every Python 3,
# with what libmandel needs and not every machine has. Without the network; it needs
# python3-setuptools and python3-wheel.
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
ldd "$library" | awk '$1 ~ /^lib(gmp|gmpxx|hwy|mpfr)[.]/ { print $1, $3 }' | while read -r name file; do
  cp -L "$file" "$scratch/mandel/$name"
  package=$(dpkg -S "$(realpath "$file")" | cut -d: -f1)
  cp "/usr/share/doc/$package/copyright" "$scratch/mandel/$name.copyright"
done
strip --strip-unneeded "$scratch"/mandel/lib*.so.*[0-9]
(cd "$scratch" && "${PYTHON:-/usr/bin/python3}" setup.py -q bdist_wheel --dist-dir "$folder" >&2)
ls -1 "$folder"/mandel-*.whl
