#!/usr/bin/env bash
# What does distribution cost on a given network? Sweeps over three links with two workers of one
# lane each: loopback; 100 Mbit/s with 1 ms; 20 Mbit/s with 10 ms and 0.1 % loss. The slow ones are
# network namespaces joined by a cable of our own (tests/e2e/bad_cable.cpp), since tc's netem is
# missing from many kernels. Needs root and /dev/net/tun.
#
# usage: tests/bench/links.sh DIR [OPTION...]   options of `mandel-master sweep`, beside --hosts
#   DIR/loopback, DIR/fast and DIR/slow get a report each, and the tables go to standard output.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ $# -ge 1 ] || { sed -n 's/^# usage: /usage: /p' "$0" >&2; exit 2; }
out=$1
shift
bin=build/release/bin
cable=build/release/tests/e2e/bad-cable
for program in $bin/mandel-master $bin/mandel-worker $cable; do
  [ -x "$program" ] || { echo "$program is missing: build the release preset first" >&2; exit 1; }
done

scratch=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$scratch"' EXIT

# wait_for TEXT FILE: until a program has said so.
wait_for() {
  for _ in $(seq 200); do
    grep -q "$1" "$2" 2>/dev/null && return 0
    sleep 0.05
  done
  echo "no '$1' within 10 s: $(cat "$2")" >&2
  return 1
}

# start_worker HOST PORT PREFIX...: PREFIX runs it in a network.
start_worker() {
  local log=$scratch/worker-$1-$2
  "${@:3}" $bin/mandel-worker --listen "$1:$2" --threads 1 --insecure >"$log" 2>&1 &
  wait_for "listens on" "$log"
}

# A network namespace, as the process that holds it.
new_network() {
  unshare --net sleep infinity &
  until [ "$(readlink /proc/$!/ns/net 2>/dev/null)" != "$(readlink /proc/self/ns/net)" ]; do
    sleep 0.01
  done
}

# sweep_over NAME DELAY_MS LOSS_PERCENT RATE_MBIT [OPTION...]
sweep_over() {
  local name=$1 quality=("${@:2:3}") master desk
  new_network; master=$!
  new_network; desk=$!
  $cable /proc/$master/ns/net 10.77.0.1 /proc/$desk/ns/net 10.77.0.2 "${quality[@]}" \
    >"$scratch/cable-$name" 2>&1 &
  wait_for ready "$scratch/cable-$name"
  for port in 5755 5756; do start_worker 10.77.0.2 $port nsenter --net=/proc/$desk/ns/net; done
  echo "== $name: ${quality[2]} Mbit/s, ${quality[0]} ms each way, ${quality[1]} % loss"
  nsenter --net=/proc/$master/ns/net $bin/mandel-master sweep --quiet \
    --hosts 10.77.0.2:5755,10.77.0.2:5756 --insecure --report "$out/$name" "${@:5}"
}

for port in 15755 15756; do start_worker 127.0.0.1 $port; done
echo "== loopback"
$bin/mandel-master sweep --quiet --hosts 127.0.0.1:15755,127.0.0.1:15756 \
  --report "$out/loopback" "$@"
sweep_over fast 1 0 100 "$@"
sweep_over slow 10 0.1 20 "$@"
