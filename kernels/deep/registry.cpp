// See engine.h. A list, for the reason that kernels/registry.h tells.
#include <algorithm>
#include <array>

#include "kernels/deep/engine.h"
#ifdef MANDEL_HAVE_DEEP
#include "kernels/deep/backends.h"
#endif

namespace mandel {

std::span<const DeepBackend> deep_backends() {
#ifdef MANDEL_HAVE_DEEP
  static const std::array all = {kDeepNaiveBackend, kDeepBackend};
  return all;
#else
  return {};
#endif
}

const DeepBackend* find_deep_backend(std::string_view name) {
  const auto all = deep_backends();
  const auto found = std::ranges::find(all, name, &DeepBackend::name);
  return found == all.end() ? nullptr : &*found;
}

}  // namespace mandel
