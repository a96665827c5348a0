#!/usr/bin/env bash
# Workers on several desks by ssh, for those who have an account there and no root: copies one binary
# to a folder of the user, starts it detached, stops it again and leaves nothing behind. For machines
# that are to serve after every boot there are systemd, Slurm and Kubernetes; see docs/cluster.md.
set -euo pipefail

usage() {
  cat <<'END'
Usage: ssh-launch.sh start|stop|status [options] HOSTS [-- options of mandel-worker]

HOSTS are separated by commas or spaces: desk1,ann@desk2, or desk{01..16} as the shell expands it.
Each may be whatever ssh understands, names of ~/.ssh/config included.

  --port N         where workers listen (default 5755)
  --keys DIR       the folder with the cluster.key that the desks get (default: $MANDEL_KEYS, else
                   ~/.config/mandel); mandel-keygen --cluster NAME makes one
  --insecure       no keys and no encryption: whoever reaches that port can use the workers, and whoever
                   sees the traffic can read and change it
  --binary FILE    the worker to copy (default: of this clone's build, else the one on the PATH)
  --installed      copy none: use the mandel-worker that each desk has installed
  --ssh-config F   as ssh -F

Start is safe to repeat. Exit codes: 0 all hosts are as wanted, 1 some are not, 2 bad usage.
END
}

die() {
  echo "ssh-launch.sh: $1" >&2
  exit 2
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
port=5755
insecure=""
keys_option=""
keys=${MANDEL_KEYS:-${XDG_CONFIG_HOME:-$HOME/.config}/mandel}
binary=""
is_installed=""
ssh=(ssh -o ConnectTimeout=10)
hosts=()
worker_options=()

read_command_line() {
  case ${1-} in
    start | stop | status) command=$1 ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
  while [ $# -gt 0 ]; do
    case $1 in
      --port) port=${2:?--port: give a number}; shift ;;
      --keys) keys=${2:?--keys: give a folder}; keys_option="--keys $keys "; shift ;;
      --insecure) insecure=yes ;;
      --binary) binary=${2:?--binary: give a file}; shift ;;
      --installed) is_installed=yes ;;
      --ssh-config) ssh+=(-F "${2:?--ssh-config: give a file}"); shift ;;
      -h | --help) usage; exit 0 ;;
      --) shift; worker_options=("$@"); return ;;
      -*) die "$1: there is no such option, see --help" ;;
      *) local list; IFS=, read -ra list <<<"$1"; hosts+=("${list[@]}") ;;
    esac
    shift
  done
}

check_command_line() {
  [ ${#hosts[@]} -gt 0 ] || die "name at least one host, like desk1,desk2"
  [[ $port =~ ^[1-9][0-9]{0,4}$ && $port -le 65535 ]] || die "--port $port: give a number from 1 to 65535"
  local host
  for host in "${hosts[@]}"; do
    [[ $host =~ ^([A-Za-z0-9._-]+@)?[A-Za-z0-9][A-Za-z0-9._-]*$ ]] || die "'$host' is no host's name"
  done
  command -v ssh >/dev/null || die "there is no ssh here: apt install openssh-client"
  [ "$command" = start ] || return 0
  [ -n "$insecure" ] || [ -r "$keys/cluster.key" ] ||
    die "there is no cluster.key in $keys: 'mandel-keygen --cluster NAME' makes one; on a network that you trust, --insecure does without"
  find_binary
}

find_binary() {
  [ -z "$is_installed" ] || return 0
  if [ -z "$binary" ]; then
    binary=$here/../build/release/bin/mandel-worker
    [ -x "$binary" ] || binary=$(command -v mandel-worker) ||
      die "no mandel-worker here: build it (deploy/demo.sh), or name one by --binary FILE"
  fi
  [ -r "$binary" ] || die "--binary $binary: there is no such file, or it can't be read"
}

# One folder a host, by the name it has here: several may share one home. Relative to the home.
folder_of() { echo ".cache/mandel-worker/${1#*@}"; }

# What goes to every desk, as a folder: the script that acts there, the worker, the key, its options one a
# line.
pack() {
  cp "$here/ssh/desk.sh" "$parcel/desk.sh"
  [ -n "$is_installed" ] || install -m 755 "$binary" "$parcel/mandel-worker"
  local security=(--keys .)
  [ -z "$insecure" ] || security=(--insecure)
  [ -n "$insecure" ] || install -m 600 "$keys/cluster.key" "$parcel/cluster.key"
  printf '%s\n' --listen "0.0.0.0:$port" "${security[@]}" ${worker_options[@]+"${worker_options[@]}"} \
    >"$parcel/options"
}

# Commands that any login shell understands.
start_on() {
  local folder
  folder=$(folder_of "$1")
  tar -C "$parcel" -czf - . |
    "${ssh[@]}" "$1" "mkdir -p $folder && chmod 700 $folder && tar -C $folder -xzf - && sh $folder/desk.sh start $folder"
}

act_on() { "${ssh[@]}" "$1" "sh -s $command $(folder_of "$1")" <"$here/ssh/desk.sh"; }

# What ssh itself makes of the name, since a master does not read ssh's configuration.
address_of() {
  local name
  name=$("${ssh[@]}" -G "$1" | sed -n 's/^hostname //p')
  [ "$port" = 5755 ] && echo "$name" || echo "$name:$port"
}

read_command_line "$@"
check_command_line
parcel=$(mktemp -d)
trap 'rm -rf "$parcel"' EXIT
[ "$command" != start ] || pack

addresses=""
failed=0
for host in "${hosts[@]}"; do
  status=0
  if [ "$command" = start ]; then
    said=$(start_on "$host" 2>&1) || status=$?
  else
    said=$(act_on "$host" 2>&1) || status=$?
  fi
  # shellcheck disable=SC2001
  sed "s/^/$host: /" <<<"${said:-no answer}"
  if [ $status = 0 ]; then
    addresses=${addresses:+$addresses,}$(address_of "$host")
  else
    failed=1
    [ $status != 255 ] || echo "$host: ssh could not connect; try: ssh $host true"
  fi
done
if [ "$command" = start ] && [ -n "$addresses" ]; then
  echo
  [ -z "$insecure" ] || keys_option="--insecure "
  echo "mandel-master $keys_option--hosts $addresses"
fi
exit $failed
