#!/usr/bin/env bash
# The Debian packages, made of this build: lintian finds no error, everything is in its place, and the
# configuration that they bring is one that the programs read.
#
# usage: packages_test.sh BIN_FOLDER
set -eu
. "$(dirname "$0")/sandbox.sh"
build=$(cd "$1/.." && pwd)
enter_scratch

for tool in dpkg-shlibdeps:dpkg-dev file:file lintian:lintian help2man:help2man; do
  need "${tool%:*}" "${tool#*:}"
done

cpack --config "$build/CPackConfig.cmake" -B "$PWD/debs" >cpack.log 2>&1 ||
  { cat cpack.log; fail "cpack"; }
rm -rf debs/_CPack_Packages
lintian --fail-on error --allow-root debs/*.deb >lintian.log 2>&1 || { cat lintian.log; fail "lintian"; }
cat lintian.log

has() {  # PACKAGE FILE
  dpkg-deb -c debs/"$1"_*.deb | awk '{print $6}' | grep -qxF "./$2" || fail "$1 lacks /$2"
}
for file in debs/mandel-*.deb; do
  package=$(dpkg-deb -f "$file" Package)
  has $package usr/bin/$package
  has $package usr/share/man/man1/$package.1.gz
  has $package usr/share/bash-completion/completions/$package
  has $package usr/share/doc/$package/copyright
  dpkg-deb -f "$file" Depends | grep -q libc6 || fail "$package depends on no libc6"
done
if [ -e "$build/lib/libmandel.so" ]; then
  libraries=usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH)
  library=$(readelf -d "$build/lib/libmandel.so" | sed -n 's/.*soname: \[\(.*\)\]/\1/p')
  package=libmandel${library#libmandel.so.}
  has "$package" "$libraries/$library"
  has "$package" usr/share/doc/"$package"/copyright
  for file in include/mandel.h share/doc/libmandel-dev/{copyright,examples/example.c}; do
    has libmandel-dev usr/"$file"
  done
  for file in libmandel.so pkgconfig/mandel.pc cmake/mandel/mandelConfig.cmake; do
    has libmandel-dev "$libraries/$file"
  done
  dpkg-deb -I debs/"$package"_*.deb shlibs | grep -q "^libmandel ${library#libmandel.so.} $package " ||
    fail "what is built with the library would not depend on $package"
  dpkg-deb -f debs/libmandel-dev_*.deb Depends | grep -q "$package (= " || fail "libmandel-dev needs no $package"
  for file in "$repository"/deploy/python/mandel/*.py; do
    has python3-mandel usr/lib/python3/dist-packages/mandel/"${file##*/}"
  done
  has python3-mandel usr/lib/python3/dist-packages/mandel/py.typed
  dpkg-deb -f debs/python3-mandel_*_all.deb Depends | grep -q "python3-numpy.*$package " ||
    fail "python3-mandel needs no $package"
fi
has mandel-worker usr/lib/systemd/system/mandel-worker.service
has mandel-worker etc/avahi/services/mandel-worker.service
for name in worker master; do
  has mandel-$name etc/mandel/$name.toml
  dpkg-deb -I debs/mandel-${name}_*.deb conffiles | grep -q /etc/mandel/$name.toml ||
    fail "$name.toml is no conffile"
  # With the comments taken off, too.
  sed -E 's/^# ([a-z-]+ = )/\1/' "$repository/deploy/systemd/$name.toml" >$name.toml
  grep -qE '^[a-z-]+ = ' $name.toml || fail "$name.toml has no example"
  for file in "$repository/deploy/systemd/$name.toml" $name.toml; do
    "$build/bin/mandel-$name" --config "$file" --print-config >/dev/null || fail "$file"
  done
done
