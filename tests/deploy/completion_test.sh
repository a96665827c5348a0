#!/usr/bin/env bash
# What a bash that has read the completion offers.
#
# usage: completion_test.sh BIN_FOLDER
set -eu
. "$(dirname "$0")/sandbox.sh"
bin=$(cd "$1" && pwd)
enter_scratch

PATH=$bin:$PATH
. "$repository/deploy/completion/mandel"

# offers "a command line": its completions, with the cursor at its end
offers() {
  read -ra COMP_WORDS <<<"$1"
  [[ $1 != *" " ]] || COMP_WORDS+=("")
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  COMPREPLY=()
  _mandel
  printf '%s\n' "${COMPREPLY[@]}"
}
expect() { offers "$1" | grep -qxF -e "$2" || fail "'$1' does not offer $2, but: $(offers "$1" | tr '\n' ' ')"; }
expect_not() { ! offers "$1" | grep -qxF -e "$2" || fail "'$1' offers $2"; }

for program in mandel-master mandel-worker; do
  complete -p "$program" >/dev/null || fail "no completion for $program"
  # Every option that --help lists, whatever it is.
  options=$($program --help | grep -oE '^  (-h,)?--[a-z-]+' | grep -oE -- '--[a-z-]+')
  [ "$(wc -l <<<"$options")" -gt 8 ] || fail "--help of $program lists too little"
  for option in $options; do expect "$program --" "$option"; done
done
expect "mandel-master s" sweep
expect "mandel-master sweep --re" --report
expect_not "mandel-master sweep --" --output
expect_not "mandel-master --" --report
expect "mandel-master --colours fire --ver" --verbose
touch picture.png
mkdir -p pictures
expect "mandel-master --output pic" picture.png
expect "mandel-master sweep --report pic" pictures
expect_not "mandel-master sweep --report pic" picture.png
expect_not "mandel-worker --threads " --verbose
