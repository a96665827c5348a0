#!/usr/bin/env bash
# Sourced by the tests here: a place of their own, so that they run beside each other and leave nothing.
# Namespaces rather than containers: the programs under test are those of this machine, and their real
# daemons want a real network. All processes die with the first one; mounts and interfaces go with them.

skip() {
  echo "skipped: $1"
  exit 77
}

fail() {
  echo "FAILED: $1" >&2
  exit 1
}

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# A folder that goes with this script, entered: paths from outside have to be absolute.
enter_scratch() {
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  cd "$scratch"
}

# need COMMAND PACKAGE
need() { command -v "$1" >/dev/null || skip "there is no $1 here (package $2)"; }

# Runs this script again as process 1 of new namespaces, with /run, the home and TMPDIR empty.
enter_sandbox() {
  [ -z "${MANDEL_SANDBOX-}" ] || { furnish; return 0; }
  [ "$(id -u)" = 0 ] || skip "namespaces need root"
  need ip iproute2
  local enter=(unshare --mount --net --uts --ipc --pid --fork --kill-child --mount-proc --propagation private)
  "${enter[@]}" true 2>/dev/null || skip "this machine does not allow new namespaces"
  MANDEL_SANDBOX=yes exec "${enter[@]}" bash "$0" "$@"
}

furnish() {
  mount -t tmpfs sandbox /run
  export TMPDIR=/run/tmp HOME=/run/home
  mkdir -p "$TMPDIR" "$HOME"
  replace /etc/passwd "s|^root:.*|root:x:0:0:root:$HOME:/bin/bash|"
  replace /etc/shadow 's|^root:[^:]*|root:*|'
  ip link set lo up
}

# replace FILE SED: what the file is in here.
replace() {
  local copy
  copy=/run/$(basename "$1")
  sed "$2" "$1" >"$copy"
  mount --bind "$copy" "$1"
}

# lan NAME...: a switch with this process at 10.78.0.1 (`master`), and a namespace for each name from
# 10.78.0.2 on. All know each other by name.
lan() {
  local name address=1
  ip link add lan type bridge
  ip address add 10.78.0.1/24 dev lan
  ip link set lan up
  replace /etc/hosts "\$a 10.78.0.1 master"
  for name in "$@"; do
    address=$((address + 1))
    ip netns add "$name"
    ip link add "p-$name" type veth peer name eth0 netns "$name"
    ip link set "p-$name" master lan up
    ip -n "$name" address add "10.78.0.$address/24" dev eth0
    ip -n "$name" link set eth0 up
    ip -n "$name" link set lo up
    echo "10.78.0.$address $name" >>/etc/hosts
  done
}

# within_s SECONDS COMMAND...: polls until it succeeds; fails after that time.
within_s() {
  local until=$((SECONDS + $1))
  shift
  until "$@"; do
    [ $SECONDS -lt $until ] || return 1
    sleep 0.1
  done
}
