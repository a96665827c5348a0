#!/usr/bin/env bash
# The C library as a program of somebody else's finds it: installed, moved elsewhere, compiled against by
# pkg-config and by CMake. And its ABI beside the stored description, libmandel.abi: symbols by nm, sizes
# and places in structs by a compiled program. (abidw would tell types, too, but its description is another
# with every compiler.)
#
# usage: library_test.sh BIN_FOLDER
set -eu
. "$(dirname "$0")/sandbox.sh"
build=$(cd "$1/.." && pwd)
enter_scratch
for tool in gcc:gcc pkg-config:pkg-config nm:binutils; do need "${tool%:*}" "${tool#*:}"; done
[ -e "$build/lib/libmandel.so" ] || skip "this build has no C library"
! nm -D "$build/lib/libmandel.so" | grep -qE '__(asan|tsan)_' || skip "a C program can't be linked to a sanitized library"

for component in library development; do
  cmake --install "$build" --prefix "$PWD/first" --component $component >>install.log || fail "cmake --install"
done
mv first there
library=$(dirname "$(find "$PWD/there" -name libmandel.so)")
export PKG_CONFIG_PATH=$library/pkgconfig LD_LIBRARY_PATH=$library
compile() {  # OUTPUT SOURCE...
  # shellcheck disable=SC2046
  gcc -std=c99 -Wall -Wextra -pedantic -Werror "${@:2}" $(pkg-config --cflags --libs mandel) -o "$1"
}

compile example "$repository/kernels/c_api/example.c" || fail "the example does not compile"
[ "$(./example)" = 1148485 ] || fail "the example prints $(./example)"

cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.25)
project(user LANGUAGES CXX)
find_package(mandel 0.1 REQUIRED)
add_executable(user user.cpp)
target_link_libraries(user PRIVATE mandel::mandel)
END
cat >user.cpp <<'END'
#include <mandel.h>
int main() { return mandel_interface() - MANDEL_INTERFACE; }
END
{ cmake -S . -B user -G Ninja -DCMAKE_PREFIX_PATH="$PWD/there" -DCMAKE_CXX_FLAGS="-Wall -Wextra -Werror" &&
  cmake --build user && user/user; } >user.log 2>&1 || { cat user.log; fail "find_package(mandel)"; }

! readelf -d "$library/libmandel.so" | grep -E 'NEEDED.*(zmq|protobuf)' || fail "it is more than the kernels"

[ "$(getconf LONG_BIT)" = 64 ] || skip "the ABI is described for 64 bits"
compile layout "$repository/tests/deploy/libmandel_layout.c" || fail "libmandel_layout.c"
{ readelf -d "$library/libmandel.so" | sed -n 's/.*soname: \[\(.*\)\]/\1/p'
  nm -D --defined-only --with-symbol-versions "$library/libmandel.so" | awk '$2 != "A" { print $2, $3 }' | LC_ALL=C sort  # not what some linkers make of the version
  ./layout; } >now.abi
diff -u "$repository/tests/deploy/libmandel.abi" now.abi || fail "the ABI is another. What is only added may be
added to libmandel.abi; what is changed needs another MANDEL_INTERFACE"
