#!/usr/bin/env bash
# deploy/container/Containerfile: its image is built, and a job runs on a worker and a master from it, as
# the user that the image names. Minutes, most of them a bare Debian where the registry's can't be had, so
# only with MANDEL_TEST_CONTAINER=yes. The compiler's stage is replaced by the programs that are built here.
set -euo pipefail
. "$(dirname "$0")/sandbox.sh"
[ "${MANDEL_TEST_CONTAINER-}" = yes ] || skip "it takes minutes; set MANDEL_TEST_CONTAINER=yes"
[ "$(id -u)" = 0 ] || skip "building an image by chroot needs root"
need buildah buildah
grep -q '^VERSION_CODENAME=bookworm' /etc/os-release || skip "what is built here is not for the image's Debian 12"
bin=$1

enter_scratch
buildah=(buildah --storage-driver vfs --root "$scratch/root" --runroot "$scratch/run")

# find_base: leaves the image to build on in $base.
find_base() {
  base=docker.io/library/debian:bookworm-slim
  timeout 60 "${buildah[@]}" pull -q $base >/dev/null 2>&1 && return
  need debootstrap debootstrap
  debootstrap --variant=minbase bookworm "$scratch/debian" >"$scratch/log" 2>&1 ||
    skip "neither $base nor Debian's packages can be had: $(tail -n 1 "$scratch/log")"
  local container
  container=$("${buildah[@]}" from scratch)
  "${buildah[@]}" add -q "$container" "$scratch/debian" / >/dev/null
  "${buildah[@]}" commit -q --rm "$container" localhost/debian >/dev/null
  base=localhost/debian
}

build() {
  mkdir -p "$scratch/built/mandel/build/release/bin"
  cp "$bin"/mandel-{worker,master,keygen} "$scratch/built/mandel/build/release/bin"
  "${buildah[@]}" bud --isolation chroot --build-arg BASE="$base" --build-context build="$scratch/built" \
    -t mandel -f "$repository/deploy/container/Containerfile" "$repository" >"$scratch/log" 2>&1 ||
    fail "no image: $(tail -n 20 "$scratch/log")"
}

# All within one shell of the image: worker, job, an end in order.
job() {
  local container
  container=$("${buildah[@]}" from mandel)
  # shellcheck disable=SC2016  # for the shell inside
  "${buildah[@]}" run --isolation chroot "$container" -- sh -euc '
    cd "$(mktemp -d)"
    [ "$(id -u)" = 65532 ]
    mandel-worker --listen 127.0.0.1:0 --no-discovery --threads 1 >says &
    until grep -qs "listens on" says; do kill -0 $!; sleep 0.1; done
    mandel-master --expect-sum 1148485 --hosts "$(sed -n "s/.* listens on \([^ ]*\) .*/\1/p" says)"
    kill $!
    wait $!' || fail "no job in the image"
}

find_base
build
job
echo "all is well"
