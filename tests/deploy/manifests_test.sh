#!/usr/bin/env bash
# The manifests of deploy/kubernetes against Kubernetes' API as published for TypeScript: there is no
# cluster to try them on. And the check itself: it has to find what is broken on purpose.
set -euo pipefail
. "$(dirname "$0")/sandbox.sh"
need node nodejs
need npm npm
bin=$1
manifests=$repository/deploy/kubernetes

enter_scratch
cp "$repository"/tests/deploy/manifests/* .
npm ci --no-audit --no-fund --prefer-offline >npm.log 2>&1 || skip "npm could not get what the check needs: $(tail -n 1 npm.log)"

node check.mjs "$manifests"/*.yaml || fail "the manifests are not right"

# finds SED TEXT: with that change to the manifests, the check says this.
finds() {
  cp "$manifests"/*.yaml .
  sed -i "$1" ./*.yaml
  if node check.mjs ./*.yaml >found; then fail "the check does not find '$1'"; fi
  grep -qF -- "$2" found || fail "the check finds something else than '$1': $(cat found)"
}
finds 's/topologyKey/topologyKeys/' topologyKeys
finds 's/replicas: 3/replicas: "3"/' "not assignable to type 'number'"
finds 's/port: metrics/port: metric/' "a probe asks port 'metric'"
finds 's/claimName: mandel-output/claimName: output/' "no PersistentVolumeClaim 'output'"
finds 's/name: mandel-master$/name: mandel-masters/;/matchLabels/,+1s/masters/master/' "no pod has the labels"

# The programs have to know the arguments that they are given there.
for program in worker master; do
  mapfile -t arguments < <(sed -n 's/^ *- \(--[^ ]*\)$/\1/p' "$manifests/$program.yaml" | sed "s/[$](CPUS)/2/")
  [ ${#arguments[@]} -gt 4 ] || fail "no arguments in $program.yaml"
  "$bin/mandel-$program" "${arguments[@]}" --print-config >/dev/null || fail "mandel-$program does not take its arguments"
done

version=$("$bin/mandel-worker" --version | cut -d ' ' -f 2)
if grep 'image:' "$manifests"/*.yaml | grep -v "mandel:$version$"; then
  fail "that is not the image of this version, $version"
fi
echo "all is well"
