#!/usr/bin/env bash
# slurm_test.sh FOLDER [CHECK...]: deploy/slurm/ under a real slurmctld with two nodes, each with a network
# and processes of its own: a job, an array, a job that is queued again in mid-run, one that is told that
# its time is up, and nodes that die.
set -euo pipefail
. "$(dirname "$0")/sandbox.sh"
need slurmctld slurmctld
need slurmd slurmd
need sbatch slurm-client
need munged munge
enter_sandbox "$@"

# Slow workers: the longest job takes seconds even so.
bin=$TMPDIR/bin
mkdir "$bin"
ln -s "$1/mandel-master" "$1/mandel-keygen" "$bin"
printf '#!/bin/sh\nexec %s/mandel-worker --threads 1 --kernel scalar "$@"\n' "$1" >"$bin/mandel-worker"
chmod +x "$bin/mandel-worker"
export MANDEL_BIN=$bin SLURM_CONF=$TMPDIR/slurm.conf
sbatch_file=$repository/deploy/slurm/mandel.sbatch
array_file=$repository/deploy/slurm/mandel-array.sbatch
long=(--size 500x500 --max-iter 60000 --chunks 250)
declare -A node_process

configure() {
  printf 'CgroupPlugin=cgroup/v1\nCgroupAutomount=no\n' >"$TMPDIR/cgroup.conf"
  mkdir "$TMPDIR/state"
  # cred_expire: how long a job that is queued again has to wait, by default two minutes.
  cat >"$SLURM_CONF" <<END
ClusterName=sandbox
SlurmctldHost=master(10.78.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=cred_expire=5
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=2,bf_interval=2,batch_sched_delay=0
ReturnToService=2
StateSaveLocation=$TMPDIR/state
SlurmdSpoolDir=$TMPDIR/spool.%n
SlurmctldPidFile=$TMPDIR/slurmctld.pid
SlurmdPidFile=$TMPDIR/slurmd.%n.pid
SlurmctldLogFile=$TMPDIR/slurmctld.log
SlurmdLogFile=$TMPDIR/slurmd.%n.log
SlurmdParameters=config_overrides
SlurmctldTimeout=10
SlurmdTimeout=5
InactiveLimit=0
KillWait=5
NodeName=n1 NodeAddr=10.78.0.2 CPUs=2 CoresPerSocket=2 State=UNKNOWN
NodeName=n2 NodeAddr=10.78.0.3 CPUs=2 CoresPerSocket=2 State=UNKNOWN
PartitionName=debug Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
END
}

start_munge() {
  mkdir -m 755 /run/munge
  chown munge: /run/munge
  dd if=/dev/urandom of=/run/munge/key bs=128 count=1 status=none
  chown munge: /run/munge/key
  chmod 600 /run/munge/key
  setpriv --reuid=munge --regid=munge --clear-groups "$(command -v munged)" --key-file=/run/munge/key \
    --log-file=/run/munge/log --pid-file=/run/munge/pid --seed-file=/run/munge/seed
}

# A node's processes are in a namespace of their own: when its first one goes, all do.
boot() {
  ip netns exec "$1" unshare --uts --pid --fork --kill-child --mount-proc \
    sh -c "hostname $1; exec slurmd -D" >"$TMPDIR/$1.says" 2>&1 &
  node_process[$1]=$!
}

# The mains plug. That Slurm need not wait until it misses the node's answers saves half a minute.
yank() {
  kill -9 "${node_process[$1]}"
  wait "${node_process[$1]}" 2>/dev/null || true
  scontrol update nodename="$1" state=down reason=yanked
}

are_idle() { [ "$(sinfo -h -o %T | sort -u)" = idle ]; }

# submit ARGUMENT...: the job's number in $job; its output goes to $TMPDIR/JOB.
submit() {
  cd "$(mktemp -d)"
  job=$(sbatch --parsable --output=out "$sbatch_file" "$@" --json json)
}

state() { scontrol show job "$job" | sed -n 's/.*JobState=\([A-Z_]*\).*/\1/p' | head -n 1; }
is() { [ "$(state)" = "$1" ]; }
has_ended() { [[ $(state) =~ ^(COMPLETED|FAILED|CANCELLED|NODE_FAIL|TIMEOUT)$ ]]; }

fail_job() { fail "$1; job $job is $(state); $(cat out ./mandel-*/*.err; tail -n 20 "$TMPDIR"/slurm*.log)"; }

expect_done() {
  within_s 100 has_ended || fail_job "it does not end"
  is COMPLETED || fail_job "it did not complete"
}

# figure NAME: from the job's JSON
figure() { sed -n "s/^ *\"$1\": \"\{0,1\}\([0-9a-f]*\).*/\1/p" json | head -n 1; }

expect_same_counts() {
  [ "$(figure counts_sha256)" = "$reference" ] || fail_job "the counts are not those of an undisturbed job"
}

expect_resumed() {
  expect_done
  [ "$(figure chunks_resumed)" -gt 10 ] || fail_job "nothing was resumed"
  expect_same_counts
}

# Some chunks are done, and most are not.
is_at_work() { [ "$(stat -c %s big.npy.journal 2>/dev/null || echo 0)" -gt 500 ]; }

a_job() {
  submit --expect-sum 1148485
  expect_done
  grep -q "(for validation): 1148485" out || fail_job "no sum"
  [ ! -e "mandel-$job/keys" ] || fail_job "the key was left"
  [ "$(grep -c '"host"' json)" = 2 ] || fail_job "not both nodes were used"
}

# Its nodes are in two components.
a_heterogeneous_job() {
  cd "$(mktemp -d)"
  job=$(sbatch --parsable --output=out --nodes=1 : --nodes=1 "$sbatch_file" --expect-sum 1148485 --json json)
  expect_done
  [ "$(grep -c '"host"' json)" = 2 ] || fail_job "not both nodes were used"
}

# The last job waits for the tasks of the array, which Slurm runs two at a time.
an_array() {
  cd "$(mktemp -d)"
  local array
  array=$(sbatch --parsable --array=0-4:2 --output=task.%a "$array_file" --size 500x500 --chunks 20)
  job=$(sbatch --parsable --output=out --dependency="afterok:$array" \
    --wrap "cat mandel-$array/*.results | $MANDEL_BIN/mandel-master reduce --output big.npy --output big.png")
  expect_done
  [ "$(ls "mandel-$array")" = "$(printf '%s.results\n' 0 1 2)" ] || fail_job "not three results"
  "$MANDEL_BIN/mandel-master" --size 500x500 --output same.npy --output same.png >/dev/null
  cmp big.npy same.npy && cmp big.png same.png || fail_job "the picture is another"
}

queued_again_in_mid_run() {
  submit "${long[@]}" --output big.npy
  within_s 60 is_at_work || fail_job "nothing is done"
  scontrol requeue "$job"
  expect_resumed
}

told_that_its_time_is_up() {
  submit "${long[@]}" --output big.npy
  within_s 60 is_at_work || fail_job "nothing is done"
  scancel --batch --signal=USR1 "$job"
  within_s 60 grep -q "queued again" out || fail_job "it was not queued again"
  grep -q "mandel-master --resume" out || fail_job "the master did not leave in order"
  expect_resumed
}

cancelled() {
  submit "${long[@]}" --output big.npy
  within_s 60 is_at_work || fail_job "nothing is done"
  scancel --batch --signal=TERM "$job"
  within_s 60 has_ended || fail_job "it does not end"
  is FAILED || fail_job "it did not fail"
  grep -q "mandel-master --resume" out || fail_job "the master did not leave in order"
}

# The job is queued again, and begins when there are two nodes.
dies() {
  submit "${long[@]}" --output big.npy
  within_s 60 is_at_work || fail_job "nothing is done"
  yank "$1"
  within_s 60 is PENDING || fail_job "it is not queued again"
  boot "$1"
  scontrol update nodename="$1" state=resume
  expect_resumed
}

the_node_of_the_script_dies() { dies n1; }
another_node_dies() { dies n2; }

hostname master
lan n1 n2
configure
start_munge
slurmctld
boot n1
boot n2
within_s 60 are_idle || fail "no nodes: $(sinfo; tail "$TMPDIR"/slurm*.log "$TMPDIR"/*.says)"
cd "$TMPDIR"
"$1/mandel-master" "${long[@]}" --quiet --json json >/dev/null
reference=$(figure counts_sha256)
[ ${#reference} = 64 ] || fail "no reference"

checks=("${@:2}")
[ $# -gt 1 ] ||
  checks=(a_job a_heterogeneous_job an_array queued_again_in_mid_run told_that_its_time_is_up cancelled the_node_of_the_script_dies another_node_dies)
for check in "${checks[@]}"; do
  $check
  echo "$SECONDS s: $check: right"
done
