// See lanes.h.
#include "common/lanes.h"

#include <algorithm>
#include <fmt/format.h>
#include <sched.h>

#include "kernels/registry.h"
#include "kernels/self_test.h"

namespace mandel {

unsigned usable_cpus() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return std::max(1u, static_cast<unsigned>(CPU_COUNT(&set)));
}

Result<std::vector<const Backend*>> choose_lanes(const std::string& kernel, unsigned threads) {
  const auto choice = choose_backend(kernel);
  if (const auto* failure = std::get_if<std::string>(&choice)) return fail("--kernel: " + *failure);
  return std::vector(threads == 0 ? usable_cpus() : threads, std::get<const Backend*>(choice));
}

std::string in_words(const std::vector<const Backend*>& lanes) {
  return fmt::format("{} lane{} of {} on {}", lanes.size(), lanes.size() == 1 ? "" : "s",
                     lanes.front()->name, lanes.front()->device);
}

std::string kernel_table() {
  std::string table =
      fmt::format("{:<16} {:<6} {:<10} {:<10} {}\n", "kernel", "device", "counts", "self-test", "");
  for (const Backend& backend : backends()) {
    const auto failure = self_test_failure(backend);
    table += fmt::format("{:<16} {:<6} {:<10} {:<10} {}\n", backend.name, backend.device,
                         backend.semantics, failure ? "FAILED" : "passed",
                         failure ? *failure : std::string(backend.summary));
  }
  return table;
}

}  // namespace mandel
