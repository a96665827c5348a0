#!/usr/bin/env bash
# deploy/ssh-launch.sh against two real sshd, each on a desk of its own: workers start, compute, are
# found again, stop; and whatever is missing is said.
set -euo pipefail
. "$(dirname "$0")/sandbox.sh"
need ssh openssh-client
need sshd openssh-server
enter_sandbox "$@"

bin=$1
launch=$repository/deploy/ssh-launch.sh
config=$TMPDIR/ssh_config
export MANDEL_KEYS=$TMPDIR/keys

start_desks() {
  ssh-keygen -q -t ed25519 -N '' -f "$TMPDIR/host_key"
  ssh-keygen -q -t ed25519 -N '' -f "$TMPDIR/key"
  cat >"$TMPDIR/sshd_config" <<END
HostKey $TMPDIR/host_key
AuthorizedKeysFile $TMPDIR/key.pub
PermitRootLogin yes
StrictModes no
UsePAM no
PidFile none
END
  cat >"$config" <<END
Host mydesk
  HostName desk1
Host *
  IdentityFile $TMPDIR/key
  UserKnownHostsFile $TMPDIR/known_hosts
  StrictHostKeyChecking accept-new
  ControlMaster auto
  ControlPath $TMPDIR/%C
  ControlPersist yes
END
  lan desk1 desk2
  mkdir -p /run/sshd
  for desk in desk1 desk2; do
    ip netns exec $desk "$(command -v sshd)" -f "$TMPDIR/sshd_config"
    within_s 30 ssh -F "$config" $desk true 2>/dev/null || fail "no sshd on $desk"
  done
}

# launch_gives STATUS ARGUMENT...: leaves what it said in $said.
launch_gives() {
  local wanted=$1 status=0
  shift
  said=$("$launch" "$1" --ssh-config "$config" "${@:2}" 2>&1) || status=$?
  [ $status = "$wanted" ] || fail "ssh-launch.sh $*: status $status instead of $wanted: $said"
}

# says TEXT
says() { grep -qF -- "$1" <<<"$said" || fail "'$1' was not said, but: $said"; }

processes() { sed -n 's/.*(process \([0-9]*\)).*/\1/p' <<<"$said"; }

lifecycle() {
  launch_gives 0 start --binary "$bin/mandel-worker" root@mydesk,desk2 -- --threads 1
  says "mandel-master --hosts desk1,desk2"
  local first
  first=$(processes)
  launch_gives 0 start --binary "$bin/mandel-worker" root@mydesk desk2 -- --threads 1
  says "desk2: already"
  [ "$(processes)" = "$first" ] || fail "the second start made new workers: $said"
  launch_gives 1 start --binary "$bin/mandel-worker" desk2 -- --threads 2
  says "stop it first"

  cd "$TMPDIR"
  PATH=$bin:$PATH bash -c "$(sed -n '/^mandel-master/p' <<<"$(
    launch_gives 0 start --binary "$bin/mandel-worker" mydesk,desk2 -- --threads 1
    echo "$said"
  )") --expect-sum 1148485 --chunks 256 --json job.json" || fail "the printed command failed"
  [ "$(grep -c '"host"' job.json)" = 2 ] || fail "not both desks were used: $(cat job.json)"

  launch_gives 0 status mydesk,desk2
  says "mydesk: mandel-worker"
  launch_gives 0 stop mydesk,desk2
  says "desk2: stopped"
  for process in $first; do
    [ ! -e "/proc/$process" ] || fail "a worker still runs"
  done
  [ -z "$(find "$HOME/.cache/mandel-worker" -type f)" ] || fail "files were left"
  launch_gives 0 stop desk2
  says "desk2: nothing was started here"
  launch_gives 1 status desk2
}

a_dead_worker_is_told() {
  launch_gives 0 start --binary "$bin/mandel-worker" desk1
  kill -9 "$(processes)"
  within_s 30 test ! -e "/proc/$(processes)" || fail "it lives"
  launch_gives 1 status desk1
  says "no worker runs here any more"
  launch_gives 0 start --keys "$MANDEL_KEYS" --binary "$bin/mandel-worker" desk1
  says "mandel-master --keys $MANDEL_KEYS --hosts desk1"
  launch_gives 0 stop desk1
  says "desk1: stopped"
}

# One byte of a real worker changed: the loader and the ELF header say the rest.
workers_that_do_not_run() {
  sed 's/libzmq\.so\.5/libzmq.so.9/' "$bin/mandel-worker" >mandel-worker
  launch_gives 1 start --binary mandel-worker desk1
  says "libzmq.so.9"
  cp "$bin/mandel-worker" mandel-worker
  printf '\xff' | dd of=mandel-worker bs=1 seek=18 conv=notrunc status=none
  launch_gives 1 start --binary mandel-worker desk1
  says "another processor"
}

mistakes() {
  launch_gives 1 start --binary "$bin/mandel-worker" desk2,nowhere
  says "nowhere: ssh could not connect"
  says "mandel-master --hosts desk2"
  launch_gives 1 start --binary "$bin/mandel-worker" desk2 -- --no-such-option
  launch_gives 0 stop desk2
  launch_gives 1 start --binary "$bin/mandel-worker" desk2 -- --no-such-option
  says "--no-such-option"
  launch_gives 1 start --installed desk2
  says "no mandel-worker is installed here"
  launch_gives 2 start --keys /nowhere desk2
  says "there is no cluster.key in "
  launch_gives 2 start --binary /no/such desk2
  launch_gives 2 stop -oProxyCommand=false
  launch_gives 2 stop 'desk1;true'
}

without_keys() {
  launch_gives 0 start --insecure --binary "$bin/mandel-worker" desk2
  says "mandel-master --insecure --hosts desk2"
  launch_gives 0 stop desk2
}

start_desks
"$bin/mandel-keygen" --cluster test
lifecycle
without_keys
a_dead_worker_is_told
workers_that_do_not_run
mistakes
echo "all is well"
