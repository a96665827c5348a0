#!/usr/bin/env bash
# From nothing to a picture: installs what is missing, builds, starts two workers on this machine,
# runs the tutorial's job against them over TCP and writes mandelbrot.png.
set -euo pipefail
cd "$(dirname "$0")/.."
. deploy/packages.sh

# shellcheck disable=SC2086
install_packages $packages_build
echo "Building (a few minutes) ..."
cmake --preset release -DMANDEL_TESTS=OFF >build-demo.log 2>&1 &&
  cmake --build --preset release >>build-demo.log 2>&1 || { tail -n 40 build-demo.log >&2; exit 1; }
rm -f build-demo.log
bin=build/release/bin

logs=$(mktemp -d)
workers=()
stop_workers() {
  [ ${#workers[@]} = 0 ] || kill "${workers[@]}" 2>/dev/null || true
  wait
  rm -rf "$logs"
}
trap stop_workers EXIT

hosts=""
for n in 1 2; do
  $bin/mandel-worker --listen 127.0.0.1:0 --threads 1 >"$logs/$n" 2>"$logs/$n.err" &
  workers+=($!)
  for _ in $(seq 300); do
    grep -q "listens on" "$logs/$n" && break
    kill -0 $! 2>/dev/null || { cat "$logs/$n.err" >&2; exit 1; }
    sleep 0.1
  done
  cat "$logs/$n"
  address=$(sed -n 's/.* listens on \([^ ]*\) .*/\1/p' "$logs/$n")
  hosts=${hosts:+$hosts,}$address
done

echo
echo "\$ mandel-master --chunks 256 --hosts $hosts --output mandelbrot.png"
$bin/mandel-master --chunks 256 --hosts "$hosts" --output mandelbrot.png --expect-sum 1148485

cat <<EOF

The sum is right, and the picture is in mandelbrot.png. Try next:
  $bin/mandel-master --size 1600x1200 --center -0.7453,0.1127 --span 6.5e-4 --max-iter 5000 --output valley.png
  $bin/mandel-master --tutorial-size 2000 --chunks 500 --output tutorial.png --colours tutorial
  $bin/mandel-master --help
EOF
