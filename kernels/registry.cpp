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
  static const std::array all = {kComplexBackend, kSweepBackend, kSweepBlockedBackend,
                                 kScalarBackend};
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

std::variant<const Backend*, std::string> choose_backend(std::string_view name) {
  if (name != "auto") {
    const Backend* backend = find_backend(name);
    if (backend == nullptr)
      return "no kernel is called '" + std::string(name) + "'; there are: " + known_names();
    if (auto failure = self_test_failure(*backend))
      return "kernel '" + std::string(name) + "' failed its self-test: " + *failure;
    return backend;
  }
  std::string failures;
  for (const Backend& backend : list() | std::views::reverse) {
    if (backend.semantics != kExactF64) continue;
    const auto failure = self_test_failure(backend);
    if (!failure) return &backend;
    failures.append("; ").append(backend.name).append(": ").append(*failure);
  }
  return "no kernel passed its self-test" + failures;
}

}  // namespace mandel
