#!/usr/bin/env bash
# The table of docs/peers.md, on this machine: installs the peers from the distribution's packages, builds
# what they need, measures all in one run. Options are measure.py's, see --help.
set -euo pipefail
cd "$(dirname "$0")/../../.."
. deploy/packages.sh

# Debian's own Python, which finds Debian's packages; one from elsewhere on the PATH would not.
python=/usr/bin/python3
packages_peers="python3 python3-distributed python3-celery python3-redis redis-server openmpi-bin libopenmpi-dev"

# shellcheck disable=SC2086
install_packages $packages_build $packages_test $packages_peers
echo "Building ..." >&2
cmake --preset release >build-peers.log 2>&1 &&
  cmake --build --preset release --target mandel-master mandel-worker mandel-peers-kernel \
    mandel-peers-openmpi >>build-peers.log 2>&1 || { tail -n 40 build-peers.log >&2; exit 1; }
rm -f build-peers.log
exec $python tests/bench/peers/measure.py --build build/release "$@"
