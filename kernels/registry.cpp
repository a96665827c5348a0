// The list itself. See registry.h for why it is a list.
#include "kernels/registry.h"

#include <algorithm>
#include <ranges>
#include <vector>

#include "kernels/backends.h"
#include "kernels/self_test.h"

namespace mandel {
namespace {

#ifdef MANDEL_HAVE_SIMD
// The row of the plain name, and of the single instruction sets those that this CPU has.
void add_rows(std::vector<Backend>& all, const SimdRows& rows) {
  for (const Backend& row : rows)
    if (!row.by_name_only || row.make()) all.push_back(row);
}
#endif

std::vector<Backend> make_list() {
  std::vector<Backend> all = {kNoopBackend, kComplexBackend, kSweepBackend, kSweepBlockedBackend,
                              kScalarBackend};
#ifdef MANDEL_HAVE_SIMD
  for (const SimdRows* rows :
       {&kSimdBackends, &kSimdDeferredBackends, &kSimdRefillBackends, &kSimdFullBackends})
    add_rows(all, *rows);
#endif
#ifdef MANDEL_HAVE_OPENCL
  all.push_back(kOpenClSimpleBackend);
  all.push_back(kOpenClBackend);
#endif
#ifdef MANDEL_HAVE_CUDA
  for (const Backend* backend : {&kCudaF32Backend, &kCudaSweepBackend, &kCudaSimpleBackend,
                                 &kCudaRefillBackend, &kCudaBackend})
    all.push_back(*backend);
#endif
  return all;
}

// Function-local, so that the rows (constants of other files) are complete when it is filled. Never
// destroyed, since a lane may still begin while a program ends that uses the C library.
const std::vector<Backend>& list() {
  static const auto& all = *new std::vector<Backend>(make_list());
  return all;
}

std::string known_names() {
  std::string names = "auto";
  for (const Backend& backend : list()) {
    if (!backend.by_name_only) names.append(", ").append(backend.name);
  }
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

Fastest fastest_backend(std::string_view device) {
  Fastest fastest;
  for (const Backend& backend : list() | std::views::reverse) {
    if (backend.semantics != kExactF64 || backend.by_name_only || backend.device != device)
      continue;
    const auto failure = self_test_failure(backend);
    if (!failure) {
      fastest.backend = &backend;
      break;
    }
    fastest.failures.append(fastest.failures.empty() ? "" : "; ").append(backend.name);
    fastest.failures.append(": ").append(*failure);
  }
  return fastest;
}

}  // namespace mandel
