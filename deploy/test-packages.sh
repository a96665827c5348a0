#!/usr/bin/env bash
# Installs the Debian packages on bare Debian machines, and lives through what happens to them there: a
# boot, a worker killed, a restart, a power cut. Takes some minutes, root and the network (debootstrap):
# too much for every change, so not part of deploy/test.sh.
#
# usage: deploy/test-packages.sh [FOLDER]   with the packages; default: builds them
set -euo pipefail
cd "$(dirname "$0")/.."
. deploy/packages.sh

[ "$(id -u)" = 0 ] || { echo "test-packages: run as root; it makes namespaces and mounts" >&2; exit 1; }
install_packages debootstrap systemd-container util-linux
folder=${1:-build/packages}
[ $# -gt 0 ] || deploy/package.sh "$folder"

scratch=$(mktemp -d)
trap 'power_cut; mountpoint -q "$scratch/pc" && umount "$scratch/pc"; rm -rf --one-file-system "$scratch"' EXIT
fail() {
  echo "FAILED: $*" >&2
  in_pc journalctl --no-pager -u mandel-worker -n 30 >&2 || true
  exit 1
}

# A bare Debian of this machine's release, which is the one that the packages are for, in $scratch/base.
make_base() {
  local mirror release
  release=$(. /etc/os-release && echo "$VERSION_CODENAME")
  mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
    awk '/^(URIs:|deb )/ { for (i = 1; i <= NF; i++) if ($i ~ /^https?:/) { print $i; exit } }') || true  # of the two places one may be missing
  debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,procps "$release" \
    "$scratch/base" "${mirror:-https://deb.debian.org/debian}" >"$scratch/debootstrap.log" ||
    { tail -n 20 "$scratch/debootstrap.log" >&2; fail "debootstrap"; }
}

# A machine on an overlay of it, so that its disk outlives a power cut.
make_pc() {
  mkdir -p "$scratch"/{upper,work,pc}
  mount -t overlay overlay -o "lowerdir=$scratch/base,upperdir=$scratch/upper,workdir=$scratch/work" \
    "$scratch/pc"
  cp "$folder"/*.deb "$scratch/pc/root/"
  cp -L /etc/resolv.conf "$scratch/pc/etc/resolv.conf"
}

# Its network is this machine's, until it boots with one of its own.
chrooted() {
  unshare --mount --pid --uts --ipc --fork --kill-child --propagation private bash -c '
    mount -t proc proc "$0/proc"; mount --rbind /dev "$0/dev"
    exec chroot "$0" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
      DEBIAN_FRONTEND=noninteractive "$@"' "$scratch/pc" "$@"
}

nspawn=""
leader=""
# A cgroup of its own, also where this machine still has the older hierarchy beside the new one.
cgroup=/sys/fs/cgroup
[ ! -d "$cgroup/unified" ] || cgroup=$cgroup/unified
cgroup=$cgroup/mandel-pc-$$
boot() {
  mkdir -p "$cgroup"
  SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 bash -c 'echo $$ >"$0/cgroup.procs"; exec "$@"' "$cgroup" \
    systemd-nspawn --register=no --keep-unit --quiet --boot --directory="$scratch/pc" --machine=mandel-pc \
    --private-network --console=pipe </dev/null >"$scratch/console.log" 2>&1 &
  nspawn=$!
  for _ in $(seq 300); do
    leader=$(pgrep -P "$nspawn" -x systemd | head -n 1) && in_pc systemctl is-system-running 2>/dev/null |
      grep -qE 'running|degraded' && return
    sleep 0.2
  done
  cat "$scratch/console.log" >&2
  fail "the machine does not boot"
}
in_pc() {
  [ -n "$leader" ] || return 1
  nsenter -t "$leader" -m -p -u -i -n -C /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
}
power_cut() {
  [ -n "$leader" ] && kill -9 "$leader" 2>/dev/null || true
  [ -z "$nspawn" ] || wait "$nspawn" 2>/dev/null || true
  leader="" nspawn=""
  find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null || true
}
main_pid() { in_pc systemctl show -P MainPID mandel-worker; }
serves() {
  for _ in $(seq 100); do
    in_pc systemctl is-active --quiet mandel-worker &&
      in_pc mandel-master --hosts 127.0.0.1 --expect-sum 1148485 --quiet --patience 2 && return
    sleep 0.2
  done >/dev/null 2>"$scratch/why"
  cat "$scratch/why" >&2
  fail "$1: the worker does not serve"
}

make_base
make_pc
echo "== install"
chrooted apt-get update -qq
chrooted bash -c 'apt-get install -y -qq --no-install-recommends /root/*.deb' >"$scratch/install.log" 2>&1 ||
  { tail -n 30 "$scratch/install.log" >&2; fail "the packages don't install"; }
chrooted mandel-master --expect-sum 1148485 --quiet

echo "== the C library"
chrooted apt-get install -y -qq --no-install-recommends gcc libc6-dev pkg-config >>"$scratch/install.log" 2>&1
# shellcheck disable=SC2016
chrooted bash -c 'cd /root && gcc -std=c99 /usr/share/doc/libmandel-dev/examples/example.c \
  $(pkg-config --cflags --libs mandel) -o example && [ "$(./example)" = 1148485 ]' || fail "the example in C"

echo "== Python"
chrooted python3 -c 'import mandel
counts = mandel.compute(tutorial=1000)
assert counts.sum() == 1148485
mandel.picture(counts).save("/root/a.png")' || fail "the Python package"

echo "== boot"
boot
serves "after the boot"
[ "$(in_pc ps -o user= -p "$(main_pid)")" = mandel ] || fail "the worker is not the user mandel"
in_pc systemctl show -P StatusText mandel-worker | grep -q "listens on" || fail "no status"
in_pc systemctl is-enabled --quiet mandel-worker || fail "not enabled"

echo "== kill -9"
before=$(main_pid)
in_pc kill -9 "$before"
serves "after a kill -9"
[ "$(main_pid)" != "$before" ] || fail "it is the killed process"

echo "== a loop that hangs"
before=$(main_pid)
in_pc systemctl show -P WatchdogUSec mandel-worker
in_pc kill -STOP "$before"
for _ in $(seq 300); do [ "$(main_pid)" = "$before" ] || break; sleep 0.2; done
serves "after the watchdog"
[ "$(main_pid)" != "$before" ] || fail "the watchdog did not notice a stopped process"

echo "== restart, configured anew"
echo 'threads = 1' >>"$scratch/pc/etc/mandel/worker.toml"
in_pc systemctl restart mandel-worker
serves "after a restart"
in_pc systemctl show -P StatusText mandel-worker | grep -q "with 1 lane" || fail "the file is not read"
echo 'threds = 1' >>"$scratch/pc/etc/mandel/worker.toml"
! in_pc systemctl restart mandel-worker 2>/dev/null || fail "starts with a mistake in its file"
in_pc journalctl --no-pager -u mandel-worker | grep -q "worker.toml: key threds is not known" ||
  fail "the mistake is not in the journal"
in_pc sed -i '$d' /etc/mandel/worker.toml
in_pc systemctl restart mandel-worker

echo "== other machines, with keys"
in_pc mandel-keygen --cluster lab --keys /etc/mandel/keys
in_pc chown mandel /etc/mandel/keys/cluster.key
echo 'listen = "0.0.0.0:5755"' >>"$scratch/pc/etc/mandel/worker.toml"
in_pc systemctl restart mandel-worker
serves "with keys"
in_pc systemctl show -P StatusText mandel-worker | grep -q "listens on 0.0.0.0" || fail "not for others"
! in_pc mandel-master --hosts 127.0.0.1 --insecure --patience 1 --quiet >/dev/null 2>&1 ||
  fail "it serves without keys, too"

echo "== power cut"
power_cut
boot
serves "after a power cut"

echo "== remove, purge"
in_pc dpkg --remove mandel-worker >/dev/null
! in_pc pgrep -x mandel-worker >/dev/null || fail "it runs on after its removal"
in_pc dpkg --purge mandel-worker >/dev/null
[ ! -e "$scratch/pc/etc/mandel/worker.toml" ] || fail "its file outlives a purge"
echo "passed"
