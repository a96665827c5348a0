# The Debian and Ubuntu packages that a build from source needs, and how to get them. Sourced by
# the other scripts; the list stands here once.

packages_build="cmake ninja-build g++ pkg-config
  libzmq3-dev cppzmq-dev libprotobuf-dev protobuf-compiler libspdlog-dev libfmt-dev libcli11-dev
  libexpected-dev nlohmann-json3-dev libisal-dev zlib1g-dev libxxhash-dev liblz4-dev libssl-dev libhwy-dev
  libgmp-dev libmpfr-dev libboost-dev opencl-c-headers"
packages_asan="clang-19 libclang-rt-19-dev lld-19"  # the preset's compiler: libFuzzer is its own
packages_tidy="clang-tidy-19 clang-tools-19"
packages_package="help2man file dpkg-dev python3-setuptools python3-wheel"
packages_test="pocl-opencl-icd ocl-icd-libopencl1 libpng-dev libgtest-dev libbenchmark-dev binutils parallel systemd lintian python3 python3-numpy python3-nbclient
  python3-ipykernel python3-mypy clang-format-19 $packages_package"
# Daemons that tests/deploy runs in namespaces of its own. On a machine with an init system their packages
# would start them for good, so there they are not installed, and those tests say what they miss.
[ -d /run/systemd/system ] || packages_test="$packages_test iproute2 openssh-client openssh-server slurm-wlm munge"

# The live page is tested in a browser, which npm's playwright-core steers.
if command -v npm >/dev/null && grep -qx 'ID=debian' /etc/os-release; then
  packages_test="$packages_test chromium fonts-dejavu-core"
fi

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "This needs root: install sudo, or run as root: $*" >&2
    return 1
  fi
}

# install_packages NAME...: installs those that are missing; does nothing, and needs no network and
# no root, if none is.
install_packages() {
  missing=""
  for package in "$@"; do
    dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
      missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  command -v apt-get >/dev/null || {
    echo "No apt-get here. Install by hand what corresponds to:$missing" >&2
    return 1
  }
  echo "Installing:$missing"
  as_root apt-get update -qq
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    $missing >/dev/null
}
