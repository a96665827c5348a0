#!/usr/bin/env bash
# Every option of every program and subcommand is on its man page.
#
# usage: man_pages_test.sh BIN_FOLDER
set -eu
. "$(dirname "$0")/sandbox.sh"
bin=$(cd "$1" && pwd)
pages=$bin/../package-text
enter_scratch

need help2man help2man

options() { grep -oE '^ +(-h, ?)?--[a-z-]+' | grep -oE -- '--[a-z-]+'; }
[ -e "$pages/mandel-master.1.gz" ] && [ -e "$pages/mandel-worker.1.gz" ] || fail "pages are missing"
for page in "$pages"/*.1.gz; do
  program=$(basename "$page" .1.gz)
  text=$(zcat "$page" | sed 's/\\-/-/g')
  "$bin/$program" --help >help
  for subcommand in $(sed -n '/^Subcommands:/,/^$/s/^  \([a-z][a-z-]*\).*/\1/p' help); do
    "$bin/$program" "$subcommand" --help >>help
  done
  for option in $(options <help); do
    grep -qE -e "(^|[^a-z-])$option([^a-z-]|\$)" <<<"$text" || fail "$program(1) lacks $option"
  done
  for section in NAME SYNOPSIS FILES ENVIRONMENT "SEE ALSO"; do
    [ "$program" != mandel-keygen ] || [[ $section != FILES && $section != ENVIRONMENT ]] || continue
    grep -qE "^\.SH \"?$section\"?" <<<"$text" || fail "$program(1) lacks $section"
  done
done
