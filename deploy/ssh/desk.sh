#!/bin/sh
# The desk's half of ssh-launch.sh: desk.sh start|status|stop FOLDER. Starts the worker that was copied
# there so that it outlives the connection, says how it is, stops it. Plain sh: desks may lack bash.
set -eu

fail() {
  echo "$1"
  exit 1
}

# Nothing runs, so nothing is left behind, and a second try begins anew.
give_up() {
  rm -rf "$PWD"
  fail "$1"
}

# The command line of a running process, an argument a line.
command_line() { tr '\0' '\n' <"/proc/$1/cmdline" 2>/dev/null; }

# The worker that was started here, if it still runs: another process may have its number by now.
find_worker() {
  [ -e pid ] || return 1
  pid=$(cat pid)
  command_line "$pid" | head -n 1 | grep -q 'mandel-worker$'
}

is_as_wanted() {
  command_line "$pid" | cmp -s - wanted || return 1
  [ ! -e mandel-worker ] || cmp -s mandel-worker "/proc/$pid/exe"
}

# Of an ELF file; od's own is this machine's. A shell that is given another machine's file reads it as
# a script.
processor_of() { od -An -tx1 -j18 -N2 "$1"; }

check_it_runs() {
  this="This is $(uname -m), $(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release 2>/dev/null)"
  if [ "$worker" = mandel-worker ]; then
    command -v mandel-worker >/dev/null ||
      give_up "no mandel-worker is installed here: install it, or leave out --installed"
  elif [ "$(processor_of mandel-worker)" != "$(processor_of /proc/self/exe)" ]; then
    give_up "the worker was built for another processor. $this: build one here, and give it by --binary FILE"
  fi
  said=$("$worker" --version 2>&1) || give_up "the worker does not run here: $said
$this: install what it misses, or a worker that was built for it (then use --installed)"
}

start() {
  worker=$PWD/mandel-worker
  [ -e mandel-worker ] || worker=mandel-worker
  echo "$worker" | cat - options >wanted
  if find_worker; then
    is_as_wanted || fail "a worker with other options, or another version, runs here: stop it first"
    echo "already $(cat says) (process $pid)"
    return
  fi
  check_it_runs
  set --
  while read -r option; do set -- "$@" "$option"; done <options
  setsid nohup "$worker" "$@" </dev/null >says 2>log &
  pid=$!
  echo $pid >pid
  until grep -q 'listens on' says; do
    kill -0 $pid 2>/dev/null || give_up "the worker ended at once: $(cat log)"
    sleep 0.1
  done
  echo "$(cat says) (process $pid)"
}

status() {
  find_worker || fail "no worker runs here any more; its last words: $(tail -n 3 log 2>/dev/null)"
  echo "$(cat says) (process $pid)"
}

ends_within_s() {
  for _ in $(seq $(($1 * 10))); do
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.1
  done
  return 1
}

# First the worker may finish what it has, then it is asked to leave at once.
stop() {
  said="no worker ran here any more"
  if find_worker; then
    kill "$pid"
    ends_within_s 20 || { kill "$pid"; ends_within_s 5; } || kill -9 "$pid"
    said=stopped
  fi
  rm -rf "$PWD"
  echo "$said"
}

if ! cd "$2" 2>/dev/null; then
  echo "nothing was started here"
  [ "$1" = stop ]
  exit
fi
"$1"
