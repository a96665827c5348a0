#!/bin/sh
# Makes a man page of what a program says of itself, so that it can't fall behind: --help, --version,
# and --help of every subcommand. What no --help says is in PROGRAM.h2m beside this file.
#
# usage: page.sh PROGRAM_FILE OUTPUT
set -eu

program=$1
output=$2
name=$(basename "$program")
folder=$(dirname "$0")
include=$(mktemp)
trap 'rm -f "$include"' EXIT

cat "$folder/$name.h2m" >"$include"
for subcommand in $("$program" --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z][a-z-]*\).*/\1/p'); do
  printf '\n[%s]\n.nf\n' "$name $subcommand"
  "$program" "$subcommand" --help | sed 's/\\/\\e/g; s/-/\\-/g; s/^[.'"'"']/\\\&&/'
  printf '.fi\n'
done >>"$include"
help2man --no-info --section 1 --include "$include" "$program" | gzip -9n >"$output"
