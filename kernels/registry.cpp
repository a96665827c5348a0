// The list itself. See registry.h for why it is a list.
#include "kernels/registry.h"

#include <algorithm>
#include <array>
#include <ranges>

#include "kernels/backends.h"
#include "kernels/self_test.h"

namespace mandel {
namespace {

// Function-local, so that the rows (constants of other files) are complete when it is filled.
const auto& list() {
  static const std::array all = {
      kComplexBackend, kSweepBackend,     kSweepBlockedBackend, kScalarBackend,
#ifdef MANDEL_HAVE_CUDA
      kCudaF32Backend, kCudaSweepBackend, kCudaSimpleBackend,   kCudaRefillBackend, kCudaBackend,
#endif
  };
  return all;
}

std::string known_names() {
  std::string names = "auto";
  for (const Backend& backend : list()) names.append(", ").append(backend.name);
  return names;
}

}  // namespace

std::span<const Backend> backends() { return list(); }

const Backend* find_backend(std::string_view name) {
  const auto found = std::ranges::find(list(), name, &Backend::name);
  return found == list().end() ? nullptr : &*found;
}

std::variant<const Backend*, std::string> named_backend(std::string_view name) {
  const Backend* backend = find_backend(name);
  if (backend == nullptr)
    return "no kernel is called '" + std::string(name) + "'; there are: " + known_names();
  if (auto failure = self_test_failure(*backend))
    return "kernel '" + std::string(name) + "' failed its self-test: " + *failure;
  return backend;
}

std::variant<const Backend*, std::string> fastest_backend(std::string_view device) {
  std::string failures;
  for (const Backend& backend : list() | std::views::reverse) {
    if (backend.semantics != kExactF64 || backend.device != device) continue;
    const auto failure = self_test_failure(backend);
    if (!failure) return &backend;
    failures.append(failures.empty() ? "" : "; ").append(backend.name).append(": ");
    failures.append(*failure);
  }
  return failures;
}

}  // namespace mandel
